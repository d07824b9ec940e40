package dev.ringpark.internal.op;

/** What a socket is opened for. */
public enum SocketType {
    STREAM, LISTENER, DATAGRAM,
    /** Datagrams over IPv6 alone. */
    IPV6_DATAGRAM;

    public boolean isDatagram() {
        return this == DATAGRAM || this == IPV6_DATAGRAM;
    }
}
