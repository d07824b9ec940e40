/**
 * Measures servers from outside: their processes, slices of load, system calls, memory, idleness. It knows the load
 * generator and the operating system, and nothing of how the results are shown.
 */
package dev.ringpark.bench.measure;
