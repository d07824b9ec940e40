package dev.ringpark.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All servers side by side: short slices in turn, the order reversed every other round. */
public final class Comparison {
    private static final double SETTLE_SECONDS = 0.25;

    private final Map<Cell, Map<String, Rounds>> results = new LinkedHashMap<>();

    /** The rounds of each server that took part, in the servers' order. */
    public Map<String, Rounds> of(Cell cell) {
        return results.getOrDefault(cell, Map.of());
    }

    public Optional<Rounds> of(Cell cell, String name) {
        return Optional.ofNullable(of(cell).get(name)).filter(rounds -> !rounds.isEmpty());
    }

    public List<Cell> cells() {
        return List.copyOf(results.keySet());
    }

    void measure(List<ServerProcess> servers, LoadProcess load, Cell cell, int rounds, double sliceSeconds) {
        var row = new LinkedHashMap<String, Rounds>();
        servers.forEach(server -> row.put(server.name(), new Rounds()));
        results.put(cell, row);
        for (int round = 0; round < rounds; round++) {
            for (var server : round % 2 == 0 ? servers : servers.reversed()) {
                addSlice(row.get(server.name()), server, load, cell, sliceSeconds);
            }
        }
    }

    private static void addSlice(Rounds rounds, ServerProcess server, LoadProcess load, Cell cell, double seconds) {
        try {
            rounds.add(Slice.take(server, load, cell, SETTLE_SECONDS, seconds));
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            rounds.addFailure(e.getMessage());
        }
    }
}
