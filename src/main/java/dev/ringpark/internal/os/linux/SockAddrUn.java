package dev.ringpark.internal.os.linux;

import static dev.ringpark.internal.os.linux.SocketAbi.AF_UNIX;
import static dev.ringpark.internal.os.linux.SocketAbi.SUN_PATH;
import static dev.ringpark.internal.os.linux.SocketAbi.SUN_PATH_BYTES;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ringpark.internal.os.AbstractName;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.Charset;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Addresses in and out of struct sockaddr_un (unix(7)). The kernel tells three kinds apart by the length and the first
 * byte: a path; no name at all; a NUL and the bytes of an abstract name.
 */
final class SockAddrUn {
    private static final Charset PATHS = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private SockAddrUn() {}

    /** Throws if {@code address} has no place in a sockaddr_un. */
    static void requireFits(SocketAddress address, int mostPathBytes) throws SocketException {
        if (address instanceof UnixDomainSocketAddress named) {
            Path path = named.getPath();
            if (!isText(path)) {
                throw new SocketException("Unix domain path is not text in " + PATHS + ": " + path);
            }
            if (bytes(named).length > mostPathBytes) {
                throw new SocketException("Unix domain path too long");
            }
        }
    }

    private static boolean isText(Path path) {
        try {
            return Path.of(path.toString()).equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Writes {@code address}, which fits; the length in bytes. */
    static int encode(SocketAddress address, MemorySegment target) {
        boolean isAbstract = address instanceof AbstractName;
        byte[] bytes = isAbstract ? ((AbstractName) address).bytes() : bytes((UnixDomainSocketAddress) address);
        target.asSlice(0, SUN_PATH + SUN_PATH_BYTES).fill((byte) 0);
        target.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_UNIX);
        MemorySegment.copy(bytes, 0, target, JAVA_BYTE, SUN_PATH + (isAbstract ? 1 : 0), bytes.length);
        return SUN_PATH + bytes.length + 1;   // the one is the NUL: after a path, before an abstract name
    }

    /** Reads the {@code source.byteSize()} bytes that the kernel wrote. */
    static SocketAddress decode(MemorySegment source) {
        int length = (int) source.byteSize() - SUN_PATH;
        if (length > 0 && source.get(JAVA_BYTE, SUN_PATH) == 0) {
            return new AbstractName(bytes(source, SUN_PATH + 1, length - 1));
        }
        int end = 0;
        while (end < length && source.get(JAVA_BYTE, SUN_PATH + end) != 0) {
            end++;   // a path that fills sun_path has no NUL
        }
        return UnixDomainSocketAddress.of(new String(bytes(source, SUN_PATH, end), PATHS));
    }

    private static byte[] bytes(UnixDomainSocketAddress address) {
        return address.getPath().toString().getBytes(PATHS);
    }

    private static byte[] bytes(MemorySegment source, long offset, int count) {
        return source.asSlice(offset, count).toArray(JAVA_BYTE);
    }
}
