package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.os.linux.FileAbi.PATH_MAX;
import static dev.ringpark.internal.os.linux.FileAbi.STATX_BYTES;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What operations on files lend to the kernel beside a file's bytes: two names, which it reads, and a struct statx,
 * which it fills. A piece of it for each that is under way; pages nobody has touched cost nothing. There are as many as
 * were ever needed at once, as each wait for a piece would be a wait for a disk. Loop thread only.
 */
final class PathMemory {
    /** No piece: the system has no memory. */
    static final int NONE = -1;

    /** Where memory comes from. */
    @FunctionalInterface
    interface Source {
        NativeRegion map(long bytes) throws IOException;
    }

    private static final int SLAB_PIECES = 64;
    private static final int STATUS_AT = 2 * PATH_MAX;
    private static final int PIECE_BYTES = STATUS_AT + STATX_BYTES;
    /** Path names are bytes; this is how the JDK makes strings of them. */
    private static final Charset NAMES = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private static final char UNDECODED = '\uFFFD';   // in place of bytes that are no text

    private final Source source;
    private final List<NativeRegion> slabs = new ArrayList<>();
    private int[] idle = new int[SLAB_PIECES];
    private int idleCount;

    PathMemory(Source source) {
        this.source = source;
    }

    /** A piece for one operation, or {@link #NONE}. */
    int take() {
        return idleCount > 0 || grow() ? idle[--idleCount] : NONE;
    }

    void give(int piece) {
        idle[idleCount++] = piece;
    }

    private boolean grow() {
        int first = slabs.size() * SLAB_PIECES;
        try {
            slabs.add(source.map((long) SLAB_PIECES * PIECE_BYTES));
        } catch (IOException noMemory) {
            return false;
        }
        idle = Arrays.copyOf(idle, first + SLAB_PIECES);
        for (int piece = first + SLAB_PIECES - 1; piece >= first; piece--) {
            idle[idleCount++] = piece;
        }
        return true;
    }

    /** Where the name of {@code path} now is in memory; {@code index} is 0 or 1. */
    long name(int piece, int index, Path path) {
        String text = path.toString();
        return text.indexOf(UNDECODED) < 0
                ? name(piece, index, text.isEmpty() ? "." : text)   // java.nio's word for the working directory
                : name(piece, index, bytes(path));
    }

    /** Those of a path that is no text: java.nio gives them to its URI alone, each that is no letter as %XX. */
    private static byte[] bytes(Path path) {
        String encoded = path.toUri().getRawPath();
        int end = encoded.endsWith("/") ? encoded.length() - 1 : encoded.length();   // a directory, or a link to one
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < end; i++) {
            char each = encoded.charAt(i);
            if (each == '%') {
                bytes.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(each);
            }
        }
        return bytes.toByteArray();
    }

    /** Where {@code name} now is, with a NUL at its end. */
    long name(int piece, int index, String name) {
        return name(piece, index, name.getBytes(NAMES));   // a segment makes those of a few charsets alone
    }

    /** With a NUL at its end: none if it is too long, as the kernel then notices. */
    private long name(int piece, int index, byte[] bytes) {
        int length = Math.min(bytes.length, PATH_MAX);
        MemorySegment room = piece(piece).asSlice((long) index * PATH_MAX, PATH_MAX);
        MemorySegment.copy(bytes, 0, room, JAVA_BYTE, 0, length);
        if (length < PATH_MAX) {
            room.set(JAVA_BYTE, length, (byte) 0);
        }
        return room.address();
    }

    /** The struct statx of the piece. */
    MemorySegment status(int piece) {
        return piece(piece).asSlice(STATUS_AT, STATX_BYTES);
    }

    private MemorySegment piece(int piece) {
        return slabs.get(piece / SLAB_PIECES).memory()
                .asSlice((long) (piece % SLAB_PIECES) * PIECE_BYTES, PIECE_BYTES);
    }

    /** After the ring is closed: the kernel has nothing of these any more. */
    void close() {
        slabs.forEach(NativeRegion::unmap);
    }
}
