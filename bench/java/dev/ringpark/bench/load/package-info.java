/**
 * The load generator: a closed loop on one thread that checks every byte it gets back. It talks to any echo server on
 * the loopback address and knows none of them.
 */
package dev.ringpark.bench.load;
