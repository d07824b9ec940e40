package dev.ringpark.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What stands in README.md. */
record Readme(String text) {
    static final Path FILE = Path.of("README.md");

    private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");
    private static final Pattern LINK = Pattern.compile("]\\(([^):#]+)[^)]*\\)");

    static Readme read() throws IOException {
        return new Readme(Files.readString(FILE));
    }

    List<String> lines() {
        return text.lines().toList();
    }

    /** The fenced blocks in a language; "" for those that name none. */
    List<String> blocks(String language) {
        return FENCED.matcher(text).results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    /** The first block: a whole program. */
    String program() {
        return blocks("java").getFirst();
    }

    /** The other blocks of Java: statements that use a loop and the address of an echo server. */
    List<String> statements() {
        List<String> blocks = blocks("java");
        return blocks.subList(1, blocks.size());
    }

    /** A program that starts an echo server, runs the statements, and tells how many connections there were. */
    String programOfStatements() {
        List<String> blocks = statements();
        String methods = IntStream.range(0, blocks.size())
                .mapToObj(i -> "void block%d(CarrierLoop loop, SocketAddress server) throws Exception {\n%s}\n"
                        .formatted(i, blocks.get(i)))
                .collect(Collectors.joining("\n"));
        String calls = IntStream.range(0, blocks.size())
                .mapToObj(i -> "block" + i + "(loop, server);")
                .collect(Collectors.joining("\n        "));
        return """
                import dev.ringpark.*;

                final AtomicInteger connections = new AtomicInteger();

                void main() throws Exception {
                    var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
                    try (var loop = CarrierLoop.start(); var listener = TcpListener.bind(loop, any)) {
                        var server = listener.getLocalAddress();
                        loop.startVirtualThread(() -> serve(listener));
                        %s
                        IO.println("connections: " + connections);
                    }
                }

                void serve(TcpListener listener) {
                    while (listener.isOpen()) {
                        try {
                            TcpSocket client = listener.accept();
                            listener.loop().startVirtualThread(() -> echo(client));
                        } catch (IOException closed) { }
                    }
                }

                void echo(TcpSocket client) {
                    try (client) {
                        connections.incrementAndGet();
                        client.copyTo(client);
                    } catch (IOException gone) { }
                }

                %s""".formatted(calls, methods);
    }

    /** What the links inside the project lead to. */
    List<Path> links() {
        return LINK.matcher(text).results().map((MatchResult link) -> Path.of(link.group(1))).toList();
    }
}
