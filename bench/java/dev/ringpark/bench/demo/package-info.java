/**
 * The parts of the demonstration: one conversation, told over Ringpark and over the JDK's own sockets. Each stack knows
 * only its library; {@link dev.ringpark.bench.demo.Stage} drives either and compares nothing.
 */
package dev.ringpark.bench.demo;
