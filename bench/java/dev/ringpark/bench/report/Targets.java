package dev.ringpark.bench.report;

import static dev.ringpark.bench.measure.Contenders.C_URING;
import static dev.ringpark.bench.measure.Contenders.JDK_CHANNEL;
import static dev.ringpark.bench.measure.Contenders.JDK_SOCKET;
import static dev.ringpark.bench.measure.Contenders.NETTY_EPOLL;
import static dev.ringpark.bench.measure.Contenders.NETTY_URING;
import static dev.ringpark.bench.measure.Contenders.RINGPARK;
import static dev.ringpark.bench.measure.Contenders.RINGPARK_CALLBACKS;
import static dev.ringpark.bench.measure.Contenders.RINGPARK_EPOLL;
import static dev.ringpark.bench.measure.Contenders.RINGPARK_HANDED_OVER;

import dev.ringpark.bench.measure.Cell;
import dev.ringpark.bench.measure.FileReadings;
import dev.ringpark.bench.measure.Findings;
import dev.ringpark.bench.measure.IdleMemory;
import dev.ringpark.bench.measure.IdleWork;
import dev.ringpark.bench.measure.ReadSlice;
import dev.ringpark.bench.measure.Slice;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The targets of the library, as a table against what was found. */
final class Targets {
    /** Serving threads may do this much in ten idle seconds before it counts as work. */
    private static final double IDLE_CPU_MILLIS = 1;

    private static final double BYTES_PER_KIB = 1024;

    private static final List<Target> ALL = List.of(
            cpu("64x64", RINGPARK, JDK_SOCKET, 0.65, 0.50),
            cpu("512x64", RINGPARK, JDK_SOCKET, 0.68, 0.55),
            cpu("128x16384", RINGPARK, JDK_SOCKET, 0.65, 0.50),
            cpu("64x64", RINGPARK, JDK_CHANNEL, 0.65, 0.50),
            cpu("64x64", RINGPARK, NETTY_EPOLL, 0.85, 0.75),
            cpu("64x64", RINGPARK, NETTY_URING, 1.00, 0.90),
            cpu("128x16384", RINGPARK, NETTY_URING, 0.80, 0.75),
            cpu("64x64", RINGPARK, C_URING, 1.10, 1.00),
            cpu("128x16384", RINGPARK, C_URING, 1.10, 1.00),
            cpu("1x64", RINGPARK, JDK_SOCKET, 0.80, OptionalDouble.empty()),
            ratio("p50", Slice::p50Micros, "1x64", RINGPARK, JDK_SOCKET, 1.05, OptionalDouble.of(0.70)),
            rate("unix:64x64", JDK_CHANNEL, 2.0, 2.3),
            rate("unix:64x64", NETTY_URING, 1.3, 1.5),
            rate("unix:64x64", C_URING, 0.95, 1.0),
            cpu("64x64", RINGPARK_EPOLL, JDK_SOCKET, 0.80, 0.70),
            cpu("64x64", RINGPARK_EPOLL, NETTY_EPOLL, 1.05, OptionalDouble.empty()),
            cpu("64x64", RINGPARK_HANDED_OVER, JDK_SOCKET, 1.05, 0.95),
            absolute("system calls per echo, 64x64", "", 0.25, found -> figure(found.systemCallsPerEcho())),
            absolute(RINGPARK_EPOLL, "system calls per echo, 64x64", "", 2.3,
                    found -> figure(found.systemCallsPerEcho(), RINGPARK_EPOLL)),
            absolute("bytes allocated per echo, 64x64", " B", 8, found -> figure(found.bytesPerEcho())),
            absolute(RINGPARK_CALLBACKS, "bytes allocated per echo, 64x64", " B", 1,
                    found -> figure(found.bytesPerEcho(), RINGPARK_CALLBACKS)),
            absolute("heap per idle connection", " KiB", 1.7, found -> memory(found, IdleMemory::heapBytes)),
            absolute("resident memory per idle connection", " KiB", 3.3,
                    found -> memory(found, IdleMemory::residentBytes)),
            absolute("park and unpark hop on the loop", " ns", 180, found -> figure(found.hopNanos())),
            reads("past the cache", FileReadings::pastTheCache, "CPU", ReadSlice::cpuMicros, 0.45, 0.30),
            reads("past the cache", FileReadings::pastTheCache, "time", ReadSlice::secondsPerRead, 1 / 0.9, 1.0),
            reads("from the cache", FileReadings::fromTheCache, "CPU", ReadSlice::cpuMicros, 1.1, 0.8),
            absolute("time of an echo beside slow reads, of that alone", "", 1.25,
                    found -> found.files().map(files -> files.echo().ratio().median()).stream()
                            .mapToDouble(Double::doubleValue).findFirst()),
            absolute("CPU of the serving threads in 10 idle s", " ms", IDLE_CPU_MILLIS,
                    found -> idle(found, IdleWork::servingCpuMillis)),
            absolute("wake-ups of the serving threads in 10 idle s", "", 0, found -> idle(found, IdleWork::wakeUps)));

    private Targets() {}

    static Stream<String> table(Findings findings) {
        return Stream.concat(
                Stream.of(Target.HEAD, Target.RULE),
                Stream.concat(
                        ALL.stream().map(target -> target.row(findings)),
                        Stream.of("", "C: what " + C_URING + ", or fio for files, reached against the same peer in the"
                                + " same rounds.")));
    }

    private static Target cpu(String cell, String ours, String peer, double must, double aim) {
        return cpu(cell, ours, peer, must, OptionalDouble.of(aim));
    }

    private static Target cpu(String cell, String ours, String peer, double must, OptionalDouble aim) {
        return ratio("CPU per echo", Slice::cpuMicros, cell, ours, peer, must, aim);
    }

    /** Echoes in a second, so many times the peer's; turned over, as less is better in the whole table. */
    private static Target rate(String cell, String peer, double must, double aim) {
        return ratio("time per echo", slice -> 1 / slice.echoesPerSecond(), cell, RINGPARK, peer, 1 / must,
                OptionalDouble.of(1 / aim));
    }

    private static Target ratio(
            String what, ToDoubleFunction<Slice> figure, String cell, String ours, String peer, double must,
            OptionalDouble aim) {
        return new Target(
                "%s, %s, %s".formatted(ours, cell, what), peer, "", must, aim,
                found -> ratio(found, Cell.parse(cell), ours, peer, figure),
                found -> peer.equals(C_URING)
                        ? OptionalDouble.empty()
                        : ratio(found, Cell.parse(cell), C_URING, peer, figure));
    }

    private static OptionalDouble ratio(
            Findings found, Cell cell, String ours, String peer, ToDoubleFunction<Slice> figure) {
        var our = found.comparison().of(cell, ours);
        var their = found.comparison().of(cell, peer);
        return our.isPresent() && their.isPresent()
                ? OptionalDouble.of(our.get().ratioTo(their.get(), figure).median())
                : OptionalDouble.empty();
    }

    /** Reads of 4 KiB by ours against the JDK's; C is fio there. */
    private static Target reads(String where, Function<FileReadings, Map<String, List<ReadSlice>>> readers, String what,
            ToDoubleFunction<ReadSlice> figure, double must, double aim) {
        return new Target("%s, 4 KiB reads %s, %s per read".formatted(RINGPARK, where, what), FileReadings.FILE_CHANNEL,
                "", must, OptionalDouble.of(aim),
                found -> ratio(found, readers, FileReadings.RINGPARK, figure),
                found -> ratio(found, readers, FileReadings.FIO, figure));
    }

    private static OptionalDouble ratio(Findings found, Function<FileReadings, Map<String, List<ReadSlice>>> readers,
            String reader, ToDoubleFunction<ReadSlice> figure) {
        var slices = found.files().map(readers).orElse(Map.of());
        var our = slices.get(reader);
        var their = slices.get(FileReadings.FILE_CHANNEL);
        return our == null || their == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(FileReadings.ratio(our, their, figure).median());
    }

    private static Target absolute(String what, String unit, double must, Function<Findings, OptionalDouble> seen) {
        return absolute(RINGPARK, what, unit, must, seen);
    }

    private static Target absolute(
            String server, String what, String unit, double must, Function<Findings, OptionalDouble> seen) {
        return new Target(server + ", " + what, "", unit, must, OptionalDouble.empty(), seen,
                _ -> OptionalDouble.empty());
    }

    private static OptionalDouble figure(Map<String, Double> figures) {
        return figure(figures, RINGPARK);
    }

    private static OptionalDouble figure(Map<String, Double> figures, String server) {
        var figure = figures.get(server);
        return figure == null ? OptionalDouble.empty() : OptionalDouble.of(figure);
    }

    private static OptionalDouble memory(Findings found, ToDoubleFunction<IdleMemory> figure) {
        var memory = found.idleMemory().get(RINGPARK);
        return memory == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(figure.applyAsDouble(memory) / BYTES_PER_KIB);
    }

    /** The worst of the numbers of idle connections that were watched. */
    private static OptionalDouble idle(Findings found, ToDoubleFunction<IdleWork> figure) {
        return found.idleWork().values().stream()
                .filter(work -> work.containsKey(RINGPARK))
                .mapToDouble(work -> figure.applyAsDouble(work.get(RINGPARK)))
                .max();
    }
}
