package dev.ringpark.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Answers questions about the server's process from outside, so that measuring needs no thread of the server: one
 * command a line, one line as the answer. Blocked in accept for all the time that nobody asks.
 */
final class ControlPort {
    private static final int COLLECTIONS = 4;

    private final Supplier<String> statistics;

    private ControlPort(Supplier<String> statistics) {
        this.statistics = statistics;
    }

    /** Listens on the loopback address, on a platform thread that does not keep the process alive. */
    static void open(int port, Supplier<String> statistics) throws IOException {
        var control = new ControlPort(statistics);
        var listener = new ServerSocket(port, 8, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().name("control").daemon().start(() -> control.answerAll(listener));
    }

    private void answerAll(ServerSocket listener) {
        while (true) {
            try (var socket = listener.accept()) {
                answer(socket);
            } catch (IOException | InterruptedException e) {
                System.err.println("control: " + e);
            }
        }
    }

    private void answer(Socket socket) throws IOException, InterruptedException {
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        var out = new PrintStream(socket.getOutputStream(), true, StandardCharsets.US_ASCII);
        for (var command = in.readLine(); command != null; command = in.readLine()) {
            out.println(answer(command));
        }
    }

    private String answer(String command) throws IOException, InterruptedException {
        return switch (command) {
            case "alloc" -> Long.toString(allocatedBytes());
            case "heap" -> Long.toString(usedHeapBytes());
            case "rss" -> Long.toString(residentBytes());
            case "cpu" -> Long.toString(processCpuNanos());
            case "stats" -> statistics.get();
            default -> "unknown command " + command;
        };
    }

    /** All threads, ended ones too; what a virtual thread allocates is on its carrier's account. */
    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
    }

    private static long usedHeapBytes() throws InterruptedException {
        collect();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long residentBytes() throws IOException, InterruptedException {
        collect();
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            var line = lines.filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
    }

    /** Several times, with time between: cleaners free in a thread of their own, a collection later. */
    private static void collect() throws InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(50);
        }
    }

    private static long processCpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
