package dev.ringpark.bench.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who there is to compare. */
public final class Contenders {
    public static final String RINGPARK = "ringpark";
    public static final String RINGPARK_CALLBACKS = "ringpark-callbacks";
    public static final String RINGPARK_EPOLL = "ringpark-epoll";
    public static final String RINGPARK_SELECTOR = "ringpark-selector";
    public static final String RINGPARK_HANDED_OVER = "ringpark-handed-over";
    public static final String JDK_SOCKET = "jdk-socket";
    public static final String JDK_CHANNEL = "jdk-channel";
    public static final String PLATFORM = "platform";
    public static final String NETTY_NIO = "netty-nio";
    public static final String NETTY_EPOLL = "netty-epoll";
    public static final String NETTY_URING = "netty-uring";
    public static final String C_URING = "c-uring";
    public static final String C_EPOLL = "c-epoll";

    private static final List<Contender> JAVA = List.of(
            Contender.served(RINGPARK, RINGPARK, Map.of()),
            Contender.served(RINGPARK_CALLBACKS, RINGPARK_CALLBACKS, Map.of()),
            Contender.served(RINGPARK_EPOLL, RINGPARK, Map.of("RINGPARK_BACKEND", "epoll")),
            Contender.served(RINGPARK_SELECTOR, RINGPARK, Map.of("RINGPARK_BACKEND", "selector")),
            Contender.served(RINGPARK_HANDED_OVER, RINGPARK, Map.of("RINGPARK_MODE", "handed-over")),
            Contender.served(JDK_SOCKET, JDK_SOCKET, Map.of()),
            Contender.served(JDK_CHANNEL, JDK_CHANNEL, Map.of()),
            Contender.served(PLATFORM, PLATFORM, Map.of()),
            Contender.served(NETTY_NIO, NETTY_NIO, Map.of()),
            Contender.served(NETTY_EPOLL, NETTY_EPOLL, Map.of()),
            Contender.served(NETTY_URING, NETTY_URING, Map.of()));

    private Contenders() {}

    /** Those with the given names, in that order; all if no name is given. */
    public static List<Contender> named(List<String> names) {
        if (names.isEmpty()) {
            return JAVA;
        }
        return names.stream().map(Contenders::named).toList();
    }

    private static Contender named(String name) {
        return JAVA.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no peer " + name + "; there are "
                        + JAVA.stream().map(Contender::name).toList()));
    }

    /** Those that have Unix sockets: all but java.net.Socket's. */
    public static List<Contender> overUnix(List<Contender> contenders) {
        return contenders.stream().filter(each -> !List.of(JDK_SOCKET, PLATFORM).contains(each.name())).toList();
    }

    /** The C servers whose sources are in a folder, built into another: what a core can do at most. */
    public static List<Contender> limits(Path sources, Path binaries) throws IOException, InterruptedException {
        var uring = build(sources.resolve("uring_echo.c"), binaries, "-luring");
        var epoll = build(sources.resolve("epoll_echo.c"), binaries);
        return List.of(
                Contender.program(C_URING, uring, "{where}", "plain", "1", "0"),
                Contender.program(C_EPOLL, epoll, "{where}"));
    }

    private static String build(Path source, Path binaries, String... libraries)
            throws IOException, InterruptedException {
        var binary = binaries.resolve(source.getFileName().toString().replace(".c", "")).toString();
        var command = new ArrayList<>(List.of("gcc", "-O2", "-w", "-o", binary, source.toString()));
        command.addAll(List.of(libraries));
        Tools.output(command.toArray(String[]::new));
        return binary;
    }
}
