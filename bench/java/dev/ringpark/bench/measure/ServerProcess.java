package dev.ringpark.bench.measure;

import dev.ringpark.bench.peer.Addresses;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A running server of one contender. */
public final class ServerProcess implements AutoCloseable {
    private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LOOK_AGAIN_MILLIS = 50;

    private final Contender contender;
    private final Children children;
    private final Process process;
    private final Path log;
    private final String where;
    private final int controlPort;

    private ServerProcess(
            Contender contender, Children children, Process process, Path log, String where, int control) {
        this.contender = contender;
        this.children = children;
        this.process = process;
        this.log = log;
        this.where = where;
        this.controlPort = control;
    }

    /** Starts the server and waits until it answers; throws IOException with the end of its output if it does not. */
    static ServerProcess start(
            Contender contender, Workshop workshop, boolean isUnix, List<String> options, String jvmOptions)
            throws IOException, InterruptedException {
        var folder = workshop.children().folder();
        var where = isUnix ? folder.resolve(contender.name() + ".socket").toString() : Integer.toString(freePort());
        int control = freePort();
        var command = new ArrayList<>(contender.commandFor(where));
        if (contender.controlled()) {
            command.addAll(List.of("--control", Integer.toString(control)));
            command.addAll(options);
        }
        var environment = new HashMap<>(Map.of("BENCH_JVM_OPTIONS", jvmOptions));
        environment.putAll(contender.environmentFor(where));
        var log = Files.createTempFile(folder, contender.name(), ".log");
        var process = workshop.children()
                .start(workshop.pinning().server(command), environment, new File(log.toString()));
        var server = new ServerProcess(contender, workshop.children(), process, log, where, control);
        server.awaitReady();
        return server;
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + READY_NANOS;
        while (!accepts()) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                close();
                throw new IOException("did not start: " + lastWords());
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    private boolean accepts() {
        try (var probe = SocketChannel.open(Addresses.of(where))) {
            return probe.isConnected();
        } catch (SocketException e) {
            return false; // not there yet
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The exception that it ended with, or else the last it said. */
    private String lastWords() throws IOException {
        var lines = Files.readAllLines(log);
        return lines.stream()
                .filter(line -> line.startsWith("Exception"))
                .findFirst()
                .orElseGet(() -> lines.isEmpty() ? "it said nothing" : lines.getLast());
    }

    /** Throws IOException with its last words if the server has ended by itself. */
    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("ended by itself: " + lastWords());
        }
    }

    public String name() {
        return contender.name();
    }

    /** Its port, or the path of its Unix socket. */
    String where() {
        return where;
    }

    long pid() {
        return process.pid();
    }

    boolean controlled() {
        return contender.controlled();
    }

    double cpuSeconds() throws IOException {
        return ProcessFigures.cpuSeconds(pid());
    }

    /** What the server's control port answers to a command. */
    String ask(String command) throws IOException {
        return ControlClient.ask(controlPort, command);
    }

    @Override
    public void close() {
        children.kill(process);
    }
}
