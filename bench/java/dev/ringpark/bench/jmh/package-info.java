/**
 * Micro-benchmarks. The harness measures from platform threads, so each invocation hands a whole batch to a virtual
 * thread on the carrier in question and divides by the size of the batch.
 */
package dev.ringpark.bench.jmh;
