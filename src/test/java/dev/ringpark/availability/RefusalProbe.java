package dev.ringpark.availability;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program of its own, to be started where io_uring is refused: starts many loops and tells what the process holds
 * before and after.
 */
public final class RefusalProbe {
    private static final int STARTS = 100;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private RefusalProbe() {}

    /** Tells the backend that runs, how often the forced ring was refused, and then what is held, before and after. */
    public static void main(String[] args) throws IOException {
        start(3);   // what the JDK opens once and keeps
        String before = held();
        start(STARTS);
        System.out.println(before);
        System.out.println(held());
    }

    private static void start(int times) throws IOException {
        String backend = "";
        int refused = 0;
        for (int i = 0; i < times; i++) {
            try (CarrierLoop loop = CarrierLoop.start()) {
                backend = loop.backend().name();
            }
            try {
                CarrierLoop.start(LoopOptions.defaults().withBackend("io_uring")).close();
            } catch (IOException e) {
                refused++;
            }
        }
        System.out.println(backend + ", refused " + refused);
    }

    /** The mappings of rings, and the descriptors that are no files, by their kinds. */
    private static String held() throws IOException {
        long mapped;
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            mapped = lines.filter(line -> line.contains("io_uring")).count();
        }
        List<String> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            for (Path each : (Iterable<Path>) descriptors::iterator) {
                if (Files.isSymbolicLink(each)) {   // the listing's own is not there any more
                    open.add(Files.readSymbolicLink(each).toString());
                }
            }
        }
        open.removeIf(what -> what.startsWith("/"));
        return mapped + " mappings of rings, "
                + open.stream().map(what -> what.replaceAll("\\d+", "")).sorted().toList();
    }
}
