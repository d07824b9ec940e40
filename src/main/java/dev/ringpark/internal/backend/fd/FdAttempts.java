package dev.ringpark.internal.backend.fd;

import dev.ringpark.internal.os.SocketCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/** A transfer of a stream that never waits, made by a plain call; the heap's memory is copied. */
final class FdAttempts {
    /** What a read answers that found the buffer full, as another thread has filled it: the end of a stream is 0. */
    static final int NO_ROOM = Integer.MIN_VALUE;

    private static final int COPY_BYTES = 16 * 1024;

    private FdAttempts() {}

    /** From {@code index} on, by a buffer of our own, which no other thread moves between two looks at it. */
    static MemorySegment memory(ByteBuffer buffer, int index) {
        return MemorySegment.ofBuffer(buffer.slice(index, buffer.limit() - index));
    }

    /**
     * What recv(2) said: how many bytes, 0 at the end, or minus an errno; or {@link #NO_ROOM}, unasked. The buffer's
     * position moves. An errno that came behind bytes goes to {@code late}: the kernel does not say it again.
     */
    static int read(SocketCalls calls, int fd, ByteBuffer target, IntConsumer late) {
        if (target.isDirect()) {
            int index = target.position();
            MemorySegment room = memory(target, index);
            if (room.byteSize() == 0) {
                return NO_ROOM;
            }
            int count = calls.receiveNow(fd, room);
            target.position(index + Math.max(count, 0));
            return count;
        }
        try (Arena arena = Arena.ofConfined()) {
            return readCopying(calls, fd, target, arena.allocate(Math.min(target.remaining(), COPY_BYTES)), late);
        }
    }

    /** As long as the copy comes back full. */
    private static int readCopying(
            SocketCalls calls, int fd, ByteBuffer target, MemorySegment copy, IntConsumer late) {
        int done = 0;
        while (true) {
            long most = Math.min(target.remaining(), copy.byteSize());
            if (most == 0) {
                return done > 0 ? done : NO_ROOM;
            }
            int count = calls.receiveNow(fd, copy.asSlice(0, most));
            if (count > 0) {
                target.put(copy.asSlice(0, count).asByteBuffer());
                done += count;
            }
            if (count < most) {
                return done > 0 ? done(done, count, late) : count;
            }
        }
    }

    /** What send(2) said: how many bytes, or minus an errno, as in {@link #read}; the buffer's position moves. */
    static int write(SocketCalls calls, int fd, ByteBuffer source, IntConsumer late) {
        if (source.isDirect()) {
            int index = source.position();
            int count = calls.sendNow(fd, memory(source, index));
            source.position(index + Math.max(count, 0));
            return count;
        }
        try (Arena arena = Arena.ofConfined()) {
            return writeCopying(calls, fd, source, arena.allocate(Math.min(source.remaining(), COPY_BYTES)), late);
        }
    }

    /** As long as all of the copy goes. */
    private static int writeCopying(
            SocketCalls calls, int fd, ByteBuffer source, MemorySegment copy, IntConsumer late) {
        int done = 0;
        while (true) {
            int most = (int) Math.min(source.remaining(), copy.byteSize());
            copy.asByteBuffer().put(0, source, source.position(), most);
            int count = most == 0 ? 0 : calls.sendNow(fd, copy.asSlice(0, most));
            if (count > 0) {
                source.position(source.position() + count);
                done += count;
            }
            if (count < most || most == 0) {
                return done > 0 ? done(done, count, late) : count;
            }
        }
    }

    private static int done(int done, int lastCount, IntConsumer late) {
        if (lastCount < 0) {
            late.accept(-lastCount);
        }
        return done;
    }
}
