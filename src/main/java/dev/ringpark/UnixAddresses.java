package dev.ringpark;

import dev.ringpark.internal.os.AbstractName;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Addresses of Unix sockets on their way in and out, and in the messages of what went wrong. */
final class UnixAddresses {
    private static final String TAKEN = "Address already in use";

    private UnixAddresses() {}

    /** What the backends call what a caller gives. */
    static SocketAddress asked(SocketAddress address) {
        Objects.requireNonNull(address, "address");
        return switch (address) {
            case UnixDomainSocketAddress path -> path;
            case UnixName name -> name.name();
            default -> throw new UnsupportedAddressTypeException();
        };
    }

    /** What a caller is told. */
    static @Nullable SocketAddress told(@Nullable SocketAddress address) {
        return address instanceof AbstractName name ? new UnixName(name) : address;
    }

    static boolean isUnnamed(@Nullable SocketAddress local) {
        return local == null || local.toString().isEmpty();
    }

    /** A path that nobody has, where the JDK makes its own. */
    static SocketAddress temporary() {
        String folder = System.getProperty("jdk.net.unixdomain.tmpdir", System.getProperty("java.io.tmpdir"));
        String file = "ringpark_" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), Character.MAX_RADIX);
        return UnixDomainSocketAddress.of(Path.of(folder, file));
    }

    /** The same failure, with the address it is about. */
    static SocketException about(SocketAddress address, SocketException failure) {
        String message = failure.getMessage() + ": " + address;
        SocketException told = switch (failure) {
            case ConnectException _ -> new ConnectException(message);
            case BindException _ -> new BindException(message + cure(address, failure));
            default -> new SocketException(message);
        };
        told.initCause(failure);
        return told;
    }

    private static String cure(SocketAddress address, SocketException failure) {
        boolean isFile = address instanceof UnixDomainSocketAddress;
        return isFile && String.valueOf(failure.getMessage()).startsWith(TAKEN)
                ? "; if nobody listens there any more, delete the file"
                : "";
    }
}
