package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.RunningProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An {@link EchoProgram} that runs, and the JDK's sockets that are connected to it. */
record EchoServer(RunningProgram program, int port, List<Socket> clients) implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("^port (\\d+)$");
    private static final String STOPPED = "\nState:\tT";

    /** Starts one of {@code flavor}; where that cannot be had the test is skipped. */
    static EchoServer start(Flavor flavor, Jvm jvm) throws IOException, InterruptedException {
        return startFrom(flavor, jvm.classPath(EchoProgram.class, CarrierLoop.class));
    }

    /** Starts one in a JVM that has its class path. */
    static EchoServer startFrom(Flavor flavor, Jvm jvm) throws IOException, InterruptedException {
        flavor.start().close();   // or the test is skipped
        LoopOptions options = flavor.options();
        RunningProgram program = jvm.and(flavor.access())
                .and(EchoProgram.class.getName(), Objects.requireNonNull(options.backend()),
                Objects.requireNonNull(options.mode()).name()).start();
        return new EchoServer(program, Integer.parseInt(program.await(PORT).group(1)), new ArrayList<>());
    }

    /** Makes so many connections; the backlog takes them before their accept. */
    List<Socket> connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket client = new Socket(Loopback.anyPort().getAddress(), port);
            client.setSoTimeout((int) Duration.ofSeconds(Eventually.LONG_SECONDS).toMillis());
            clients.add(client);
        }
        return clients;
    }

    /** Sends each connection something of its own, and then has each answer. */
    void assertAllAnswer(int round) throws IOException {
        ask(round);
        assertAnswers(round);
    }

    void ask(int round) throws IOException {
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).getOutputStream().write(message(i, round));
        }
    }

    void assertAnswers(int round) throws IOException {
        for (int i = 0; i < clients.size(); i++) {
            assertAnswer(i, round);
        }
    }

    void assertAnswer(int client, int round) throws IOException {
        byte[] message = message(client, round);
        assertThat(clients.get(client).getInputStream().readNBytes(message.length)).as("client %s", client)
                .isEqualTo(message);
    }

    private static byte[] message(int client, int round) {
        return new byte[] {(byte) client, (byte) (client >> 8), (byte) round};
    }

    /** The CPU time that each of the threads it has has taken, in nanoseconds. */
    Map<Path, Long> cpuNanos() throws IOException {
        Map<Path, Long> nanos = new HashMap<>();
        for (Path task : tasks()) {
            nanos.put(task, Long.parseLong(read(task, "schedstat", "0").split(" ", 2)[0]));
        }
        return nanos;
    }

    /** What those that live on have taken since they had taken {@code before}; one that ends takes nothing back. */
    long cpuNanosSince(Map<Path, Long> before) throws IOException {
        return cpuNanos().entrySet().stream()
                .mapToLong(each -> Math.max(0, each.getValue() - before.getOrDefault(each.getKey(), 0L))).sum();
    }

    /** Whether the system has stopped each of its threads. */
    boolean isStopped() {
        try {
            for (Path task : tasks()) {
                if (!read(task, "status", STOPPED).contains(STOPPED)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path task, String file, String ofOneThatHasEnded) throws IOException {
        try {
            return Files.readString(task.resolve(file));
        } catch (IOException e) {
            if (Files.exists(task)) {
                throw e;
            }
            return ofOneThatHasEnded;
        }
    }

    private List<Path> tasks() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + program.handle().pid() + "/task"))) {
            return tasks.toList();
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        program.close();
    }
}
