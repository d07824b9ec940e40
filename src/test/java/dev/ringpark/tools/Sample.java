package dev.ringpark.tools;

import dev.ringpark.house.Samples;
import dev.ringpark.process.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A sample that serves while a tool is at it.
 *
 * @param program the JVM it runs in
 * @param port where it listens
 * @param sockets how many sockets it has open when it serves nobody
 */
record Sample(RunningProgram program, int port, long sockets) implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(40);   // beyond the patience of any sample

    /** Starts {@code name} on {@code backend}, to listen on a port of the system's choice. */
    static Sample start(String backend, String name, Object... more) throws IOException, InterruptedException {
        Samples.require(backend);
        Object[] arguments = Stream.concat(Stream.of(0), Stream.of(more)).toArray();
        RunningProgram program = Samples.start(backend, name, arguments);
        int port = Samples.awaitAddress(program).getPort();
        return new Sample(program, port, sockets(program));
    }

    /** Starts one that passes connections on to {@code port}. */
    static Sample forwarderTo(String backend, int port) throws IOException, InterruptedException {
        return start(backend, "PortForwarder", "127.0.0.1", port);
    }

    /** Waits until it has closed what it opened for its clients, who have all gone; fails if it does not. */
    void assertNothingIsLeft() throws IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        for (long open = sockets(program); open > sockets; open = sockets(program)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(open + " sockets are open, and " + sockets + " were before");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static long sockets(RunningProgram program) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + program.handle().pid() + "/fd"))) {
            return descriptors.filter(Sample::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
