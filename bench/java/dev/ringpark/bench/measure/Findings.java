package dev.ringpark.bench.measure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that a run found out; what was not measured, or failed, is missing or has its reason in the notes. */
public final class Findings {
    private final Comparison comparison = new Comparison();
    private final Map<String, Double> systemCallsPerEcho = new LinkedHashMap<>();
    private final Map<String, Double> bytesPerEcho = new LinkedHashMap<>();
    private final Map<String, IdleMemory> idleMemory = new LinkedHashMap<>();
    private final Map<Integer, Map<String, IdleWork>> idleWork = new LinkedHashMap<>();
    private final Map<String, Double> hopNanos = new LinkedHashMap<>();
    private final Map<String, Timed> timers = new LinkedHashMap<>();
    private final Map<String, String> notes = new LinkedHashMap<>();
    private String systemCallCounter = "";
    private @Nullable FileReadings files;

    public Comparison comparison() {
        return comparison;
    }

    /** By server's name. */
    public Map<String, Double> systemCallsPerEcho() {
        return systemCallsPerEcho;
    }

    public String systemCallCounter() {
        return systemCallCounter;
    }

    void systemCallCounter(String words) {
        systemCallCounter = words;
    }

    /** By server's name. */
    public Map<String, Double> bytesPerEcho() {
        return bytesPerEcho;
    }

    /** By server's name. */
    public Map<String, IdleMemory> idleMemory() {
        return idleMemory;
    }

    /** By the number of idle connections, then by server's name. */
    public Map<Integer, Map<String, IdleWork>> idleWork() {
        return idleWork;
    }

    /** By scheduler: the nanoseconds from one thread's unpark to the other's return from park. */
    public Map<String, Double> hopNanos() {
        return hopNanos;
    }

    /** By method and keeper: what one timer among a million takes. */
    public Map<String, Timed> timers() {
        return timers;
    }

    /** What random reads of a file took, if that was measured. */
    public Optional<FileReadings> files() {
        return Optional.ofNullable(files);
    }

    void files(FileReadings readings) {
        files = readings;
    }

    /** By server or part: why something is missing. */
    public Map<String, String> notes() {
        return notes;
    }
}
