package dev.ringpark.contract;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.TcpListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A program of its own: starts, uses and closes a loop many times, and tells what has become more by that. */
public final class Cycles {
    private static final String NAME = "cycled";

    private Cycles() {}

    /** Takes the numbers of cycles before and between the two looks, and a folder of its own. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[2]);
        cycle(Integer.parseInt(args[0]));   // what the JVM loads, compiles and keeps
        Left before = Left.now(folder.resolve("before"));
        cycle(Integer.parseInt(args[1]));
        Left after = Left.now(folder.resolve("after"));
        System.out.println("descriptors: " + (after.descriptors - before.descriptors));
        System.out.println("rings: " + after.rings);
        System.out.println("mapped KiB: " + (after.mappedKibibytes - before.mappedKibibytes));
    }

    private static void cycle(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            CarrierLoop loop = CarrierLoop.start(LoopOptions.defaults().withName(NAME));
            List<Call<?>> parked = new ArrayList<>();
            TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
            Pair pair = Pair.on(loop);
            parked.add(new Call<>(loop, loop::startVirtualThread, listener::accept).whenParked());
            parked.add(new Call<>(loop, loop::startVirtualThread, () -> pair.near().read(new byte[1], 0, 1))
                    .whenParked());
            loop.close();
            for (Call<?> call : parked) {
                call.awaitEnd();
            }
        }
    }

    /** What there is at one moment, once no thread of a loop is there any more, be it virtual or not. */
    private record Left(long descriptors, long rings, long mappedKibibytes) {
        /** In the names of a loop's thread and those it carries, of what stands beside it, and of what reads files. */
        private static final List<String> OF_LOOPS = List.of(NAME, "ringpark-herald", "ringpark-file");

        static Left now(Path dump) throws Exception {
            Eventually.until(() -> OF_LOOPS.stream().noneMatch(dumped(dump)::contains), "ended the threads");
            List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
                return new Left(descriptors.count(), maps.stream().filter(each -> each.contains("io_uring")).count(),
                        maps.stream().mapToLong(Left::kibibytes).sum());
            }
        }

        /** Once more each time: a thread that ends stands in a dump a little longer than anywhere else. */
        private static String dumped(Path file) {
            try {
                Files.deleteIfExists(file);
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpThreads(
                        file.toAbsolutePath().toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
                return Files.readString(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static long kibibytes(String mapping) {
            int dash = mapping.indexOf('-');
            long start = Long.parseUnsignedLong(mapping.substring(0, dash), 16);
            long end = Long.parseUnsignedLong(mapping.substring(dash + 1, mapping.indexOf(' ')), 16);
            return (end - start) / 1024;
        }
    }
}
