package dev.ringpark.bench;

import dev.ringpark.bench.measure.Cell;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a run is asked to do. */
final class RunOptions {
    /** What can be measured. */
    enum Part {
        ECHO,
        CALLS,
        ALLOC,
        MEMORY,
        IDLE,
        HOP,
        TIMERS,
        FILES
    }

    static final String USAGE = """
            usage: bench/run [options]
              --cells 64x64,512x64,128x16384,1x64,unix:64x64   workloads, CONNECTIONSxBYTES
              --rounds N                            rounds of each workload (7)
              --slice SECONDS                       length of one slice (1)
              --warm SECONDS                        load before anything counts, for each server (5)
              --peers NAME,...                      only these: ringpark ringpark-callbacks ringpark-epoll
                                                    ringpark-selector ringpark-handed-over jdk-socket
                                                    jdk-channel platform netty-nio netty-epoll netty-uring
              --limits FOLDER                       also the C servers uring_echo.c and epoll_echo.c of FOLDER
              --parts NAME,...                      only these: echo calls alloc memory idle hop timers files
              --idle-connections N                  for the memory of an idle connection (10000)
              --results FOLDER                      where to write (bench/results)
              --quick                               3 short rounds of two workloads, 2000 idle connections,
                                                    no timers, no files
              --help                                this""";

    private final List<String> given;
    private List<Cell> cells = cells("64x64,512x64,128x16384,1x64,unix:64x64");
    private int rounds = 7;
    private double sliceSeconds = 1;
    private double warmSeconds = 5;
    private List<String> peers = List.of();
    private Optional<Path> limits = Optional.empty();
    private Set<Part> parts = EnumSet.allOf(Part.class);
    private int idleConnections = 10_000;
    private Path results = Path.of("bench", "results");

    private RunOptions(List<String> given) {
        this.given = given;
    }

    /** Throws IllegalArgumentException that says what was not understood. */
    static RunOptions parse(String[] arguments) {
        var options = new RunOptions(List.of(arguments));
        Deque<String> rest = new ArrayDeque<>(options.given);
        while (!rest.isEmpty()) {
            options.take(rest.remove(), rest);
        }
        return options;
    }

    private void take(String option, Deque<String> rest) {
        switch (option) {
            case "--quick" -> quick();
            case "--cells" -> cells = cells(value(option, rest));
            case "--rounds" -> rounds = Integer.parseInt(value(option, rest));
            case "--slice" -> sliceSeconds = Double.parseDouble(value(option, rest));
            case "--warm" -> warmSeconds = Double.parseDouble(value(option, rest));
            case "--peers" -> peers = List.of(value(option, rest).split(","));
            case "--limits" -> limits = Optional.of(Path.of(value(option, rest)));
            case "--parts" -> parts = parts(value(option, rest));
            case "--idle-connections" -> idleConnections = Integer.parseInt(value(option, rest));
            case "--results" -> results = Path.of(value(option, rest));
            default -> throw new IllegalArgumentException("unknown option " + option);
        }
    }

    private static String value(String option, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return rest.remove();
    }

    private void quick() {
        cells = cells("64x64,128x16384");
        rounds = 3;
        sliceSeconds = 0.5;
        warmSeconds = 3;
        idleConnections = 2_000;
        parts.removeAll(Set.of(Part.TIMERS, Part.FILES));
    }

    private static List<Cell> cells(String text) {
        return Arrays.stream(text.split(",")).map(Cell::parse).toList();
    }

    private static Set<Part> parts(String text) {
        var parts = EnumSet.noneOf(Part.class);
        Arrays.stream(text.split(",")).map(word -> Part.valueOf(word.toUpperCase(Locale.ROOT))).forEach(parts::add);
        return parts;
    }

    /** The command to repeat the run with, without naming folders of this machine. */
    String command() {
        var words = new ArrayList<>(List.of("bench/run"));
        String before = "";
        for (var word : given) {
            words.add(before.equals("--limits") || before.equals("--results") ? "FOLDER" : word);
            before = word;
        }
        return String.join(" ", words);
    }

    boolean wants(Part part) {
        return parts.contains(part);
    }

    List<Cell> cells() {
        return cells;
    }

    int rounds() {
        return rounds;
    }

    double sliceSeconds() {
        return sliceSeconds;
    }

    double warmSeconds() {
        return warmSeconds;
    }

    List<String> peers() {
        return peers;
    }

    Optional<Path> limits() {
        return limits;
    }

    int idleConnections() {
        return idleConnections;
    }

    Path results() {
        return results;
    }
}
