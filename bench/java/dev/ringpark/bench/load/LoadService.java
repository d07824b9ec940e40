package dev.ringpark.bench.load;

import dev.ringpark.bench.peer.NettyTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;

/**
 * Takes commands from a stream, a line each, and answers on another: {@code echo WHERE CONNECTIONS BYTES WARM SECONDS}
 * with {@code start} and then the result; {@code hold WHERE CONNECTIONS} and {@code release} with {@code done};
 * {@code error ...} if something was wrong. WHERE is a port or the path of a Unix socket. One process for a whole
 * comparison: it is warm, and warm for all alike.
 */
public final class LoadService {
    private final PrintStream out;
    private final LoadGenerator generator;

    private LoadService(PrintStream out, LoadGenerator generator) {
        this.out = out;
        this.generator = generator;
    }

    /** Serves until the commands end. */
    public static void serve(BufferedReader commands, PrintStream out) throws IOException, InterruptedException {
        try (var generator = new LoadGenerator(NettyTransport.quickest())) {
            var service = new LoadService(out, generator);
            for (var line = commands.readLine(); line != null; line = commands.readLine()) {
                out.println(service.answer(line.split(" ")));
            }
        }
    }

    private String answer(String[] words) throws InterruptedException {
        try {
            return switch (words[0]) {
                case "echo" -> generator.run(LoadPlan.parse(words), () -> out.println("start")).line();
                case "hold" -> hold(words[1], Integer.parseInt(words[2]));
                case "release" -> release();
                default -> "error unknown command " + words[0];
            };
        } catch (RuntimeException e) {
            return "error " + e.getMessage();
        }
    }

    private String hold(String where, int connections) throws InterruptedException {
        generator.hold(where, connections);
        return "done";
    }

    private String release() {
        generator.release();
        return "done";
    }
}
