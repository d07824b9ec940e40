package dev.ringpark.bench.measure;

/** What every measurement needs: the processes, the pinning, the load generator. */
public record Workshop(Children children, Pinning pinning, LoadProcess load) {}
