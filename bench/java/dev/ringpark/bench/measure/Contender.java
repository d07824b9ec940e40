package dev.ringpark.bench.measure;

import dev.ringpark.bench.peer.Addresses;
import java.util.List;
import java.util.Map;

/**
 * A server that takes part.
 *
 * @param command with the port, or the path, still missing at {@code {where}}
 * @param controlled whether it understands {@code --control} and {@code --idle}
 */
public record Contender(String name, List<String> command, Map<String, String> environment, boolean controlled) {
    private static final String WHERE = "{where}";

    /** One of ours: {@code bench/serve} with a peer's name. */
    static Contender served(String name, String peer, Map<String, String> environment) {
        return new Contender(name, List.of("bench/serve", peer, WHERE), environment, true);
    }

    /** A program of another language: it only echoes. */
    static Contender program(String name, String... command) {
        return new Contender(name, List.of(command), Map.of(), false);
    }

    List<String> commandFor(String where) {
        return command.stream().map(word -> word.replace(WHERE, where)).toList();
    }

    /** A program is told the path of a Unix socket in the variable UX. */
    Map<String, String> environmentFor(String where) {
        return !controlled && Addresses.isPath(where) ? Map.of("UX", where) : environment;
    }
}
