package dev.ringpark.bench.measure;

/** A time and half the width of its 99.9 % confidence interval, in nanoseconds, as JMH tells them. */
public record Timed(double nanos, double error) {}
