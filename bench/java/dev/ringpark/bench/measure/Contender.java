package dev.ringpark.bench.measure;

import java.util.List;
import java.util.Map;

/**
 * A server that takes part.
 *
 * @param command with the port still missing at {@code {port}}
 * @param controlled whether it understands {@code --control} and {@code --idle}
 */
public record Contender(String name, List<String> command, Map<String, String> environment, boolean controlled) {
    /** One of ours: {@code bench/serve} with a peer's name. */
    static Contender served(String name, String peer, Map<String, String> environment) {
        return new Contender(name, List.of("bench/serve", peer, "{port}"), environment, true);
    }

    /** A program of another language: it only echoes. */
    static Contender program(String name, String... command) {
        return new Contender(name, List.of(command), Map.of(), false);
    }

    List<String> commandFor(int port) {
        return command.stream()
                .map(word -> word.replace("{port}", Integer.toString(port)))
                .toList();
    }
}
