package dev.ringpark.bench.peer;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The echo servers by the names that the scripts use. */
public enum Peer {
    RINGPARK("ringpark"),
    RINGPARK_CALLBACKS("ringpark-callbacks"),
    JDK_SOCKET("jdk-socket"),
    JDK_CHANNEL("jdk-channel"),
    PLATFORM("platform"),
    NETTY_NIO("netty-nio"),
    NETTY_EPOLL("netty-epoll"),
    NETTY_URING("netty-uring");

    private final String id;

    Peer(String id) {
        this.id = id;
    }

    /** The peer of that name. */
    public static Peer named(String id) {
        return Arrays.stream(values())
                .filter(peer -> peer.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no peer " + id + "; there are " + names()));
    }

    private static String names() {
        return Arrays.stream(values()).map(peer -> peer.id).collect(Collectors.joining(" "));
    }

    /** A server that has not been started yet. */
    public EchoServer newServer() {
        return switch (this) {
            case RINGPARK -> new RingparkEcho();
            case RINGPARK_CALLBACKS -> new RingparkCallbacks();
            case JDK_SOCKET -> new SocketEcho(Thread.ofVirtual());
            case JDK_CHANNEL -> new ChannelEcho();
            case PLATFORM -> new SocketEcho(Thread.ofPlatform().name("echo-", 0).daemon());
            case NETTY_NIO -> new NettyEcho(NettyTransport.NIO);
            case NETTY_EPOLL -> new NettyEcho(NettyTransport.EPOLL);
            case NETTY_URING -> new NettyEcho(NettyTransport.IO_URING);
        };
    }
}
