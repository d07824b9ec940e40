package dev.ringpark.bench.jmh;

/** The JVM options: the carried mode is allowed, and the JDK's scheduler has one carrier, as a loop has. */
final class OneCarrier {
    static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    static final String OPENED = "--add-opens=java.base/java.lang=ALL-UNNAMED";
    static final String PARALLELISM = "-Djdk.virtualThreadScheduler.parallelism=1";
    static final String POOL_SIZE = "-Djdk.virtualThreadScheduler.maxPoolSize=1";

    private OneCarrier() {}
}
