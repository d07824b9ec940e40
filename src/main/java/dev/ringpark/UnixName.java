package dev.ringpark;

import dev.ringpark.internal.os.AbstractName;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A name in Linux's abstract namespace of Unix sockets, which {@link java.net.UnixDomainSocketAddress} cannot hold:
 * bytes, and no file. It is free again when its listener has been closed, so nothing goes stale; it has no permissions
 * either, and every process of the same network namespace may connect. {@link UnixSocket} and {@link UnixListener} take
 * it in place of a path on Linux with io_uring or epoll; elsewhere they throw {@link UnsupportedOperationException}.
 */
public final class UnixName extends SocketAddress {
    private static final long serialVersionUID = 1L;
    private static final int MAX_BYTES = 107;   // unix(7): sun_path less the NUL before the name

    private final AbstractName name;

    UnixName(AbstractName name) {
        this.name = name;
    }

    /**
     * The name that {@code text} is in UTF-8.
     *
     * @param text 1 to 107 bytes in UTF-8, without the NUL or the "@" that other tools put before it
     * @throws IllegalArgumentException if it is empty or longer
     */
    public static UnixName of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A name of any bytes, NULs too: some programs fill theirs up with them, and they count.
     *
     * @param bytes 1 to 107 of them
     * @throws IllegalArgumentException if there are none or more
     */
    public static UnixName of(byte[] bytes) {
        if (bytes.length < 1 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the name has " + bytes.length + " bytes; it has to have 1 to " + MAX_BYTES);
        }
        return new UnixName(new AbstractName(bytes));
    }

    /** A copy of its bytes, without the NUL before them. */
    public byte[] bytes() {
        return name.bytes();
    }

    AbstractName name() {
        return name;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UnixName that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** The name as text, with an "@" before it, as ss(8) has it. */
    @Override
    public String toString() {
        return name.toString();
    }
}
