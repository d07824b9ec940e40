package dev.ringpark.internal.os;

import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A name in Linux's abstract namespace of Unix sockets (unix(7)): bytes, and no file. java.net has no class for it. */
public final class AbstractName extends SocketAddress {
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;

    /** @param bytes what follows the NUL that marks the name as abstract */
    public AbstractName(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AbstractName name && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** With "@" in place of the NUL, as ss(8) and /proc/net/unix have it. */
    @Override
    public String toString() {
        return "@" + new String(bytes, StandardCharsets.UTF_8);
    }
}
