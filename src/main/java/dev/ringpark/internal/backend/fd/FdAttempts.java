package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.SocketAbi.MSG_DONTWAIT;
import static dev.ringpark.internal.os.linux.SocketAbi.MSG_NOSIGNAL;

import dev.ringpark.internal.os.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A transfer of a stream that never waits, made by a plain call; the heap's memory is copied. */
final class FdAttempts {
    private static final int COPY_BYTES = 16 * 1024;

    private FdAttempts() {}

    /** What recv(2) said: how many bytes, 0 at the end, or minus an errno; the buffer's position moves. */
    static int read(int fd, ByteBuffer target) {
        if (target.isDirect()) {
            int count = (int) Libc.recv(fd, MemorySegment.ofBuffer(target), MSG_DONTWAIT);
            target.position(target.position() + Math.max(count, 0));
            return count;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.min(target.remaining(), COPY_BYTES));
            int count = (int) Libc.recv(fd, copy, MSG_DONTWAIT);
            if (count > 0) {
                target.put(copy.asSlice(0, count).asByteBuffer());
            }
            return count;
        }
    }

    /** What send(2) said: how many bytes, or minus an errno; the buffer's position moves. */
    static int write(int fd, ByteBuffer source) {
        int count = source.isDirect() ? send(fd, MemorySegment.ofBuffer(source)) : writeCopying(fd, source);
        source.position(source.position() + Math.max(count, 0));
        return count;
    }

    private static int writeCopying(int fd, ByteBuffer source) {
        try (Arena arena = Arena.ofConfined()) {
            int length = Math.min(source.remaining(), COPY_BYTES);
            MemorySegment copy = arena.allocate(length);
            copy.asByteBuffer().put(0, source, source.position(), length);
            return send(fd, copy);
        }
    }

    private static int send(int fd, MemorySegment source) {
        return (int) Libc.send(fd, source, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}
