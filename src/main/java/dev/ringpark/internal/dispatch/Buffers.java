package dev.ringpark.internal.dispatch;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Arithmetic over the buffers of a gathering write or a scattering read. */
public final class Buffers {
    private Buffers() {}

    /** The first buffer with anything remaining; null if there is none. */
    public static @Nullable ByteBuffer firstWithRoom(ByteBuffer[] buffers, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (buffers[i].hasRemaining()) {
                return buffers[i];
            }
        }
        return null;
    }

    /** What remains in all of them, in bytes. */
    public static long remaining(ByteBuffer[] buffers, int offset, int length) {
        long sum = 0;
        for (int i = offset; i < offset + length; i++) {
            sum += buffers[i].remaining();
        }
        return sum;
    }

    /** Whether {@code about} is a buffer, or buffers, with nothing remaining. */
    public static boolean areSpent(@Nullable Object about) {
        return switch (about) {
            case ByteBuffer buffer -> !buffer.hasRemaining();
            case ByteBuffer[] buffers -> firstWithRoom(buffers, 0, buffers.length) == null;
            case null, default -> false;
        };
    }

    /** The first {@code bytes} remaining bytes, or what another thread has left of them; positions stay. */
    public static byte[] gather(ByteBuffer[] buffers, int offset, int length, int bytes) {
        byte[] joined = new byte[bytes];
        int done = 0;
        for (int i = offset; i < offset + length && done < bytes; i++) {
            int count = Math.min(buffers[i].remaining(), bytes - done);
            buffers[i].get(buffers[i].position(), joined, done, count);
            done += count;
        }
        return done == bytes ? joined : Arrays.copyOf(joined, done);
    }

    /** As much as {@code joined} has room for; its position moves, theirs stay. */
    public static void gather(ByteBuffer[] buffers, ByteBuffer joined) {
        for (int i = 0; i < buffers.length && joined.hasRemaining(); i++) {
            int count = Math.min(buffers[i].remaining(), joined.remaining());
            joined.put(joined.position(), buffers[i], buffers[i].position(), count);
            joined.position(joined.position() + count);
        }
    }

    /** Puts what {@code source} has into the buffers, in their order. */
    public static void scatter(ByteBuffer source, ByteBuffer[] targets) {
        for (int i = 0; i < targets.length && source.hasRemaining(); i++) {
            ByteBuffer target = targets[i];
            int count = Math.min(target.remaining(), source.remaining());
            target.put(target.position(), source, source.position(), count);
            target.position(target.position() + count);
            source.position(source.position() + count);
        }
    }

    /** Moves the positions on by {@code bytes} altogether. */
    public static void advance(ByteBuffer[] buffers, int offset, int length, int bytes) {
        int left = bytes;
        for (int i = offset; i < offset + length && left > 0; i++) {
            int count = Math.min(buffers[i].remaining(), left);
            buffers[i].position(buffers[i].position() + count);
            left -= count;
        }
    }

    /** Puts {@code bytes} bytes into the buffers, in their order. */
    public static void scatter(byte[] source, int bytes, ByteBuffer[] targets, int offset, int length) {
        int done = 0;
        for (int i = offset; i < offset + length && done < bytes; i++) {
            int count = Math.min(targets[i].remaining(), bytes - done);
            targets[i].put(source, done, count);
            done += count;
        }
    }
}
