package dev.ringpark.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * The bytes to send: one fixed random text, of which each message is a different window. So no message is copied
 * together, and an echo of the message before, or of a neighbour, is found out.
 */
final class Pattern {
    private static final int WINDOWS = 251;
    private static final long SEED = 20_251;

    private final int messageBytes;
    private final ByteBuf text;
    private final ByteBuffer view;

    Pattern(int messageBytes) {
        this.messageBytes = messageBytes;
        var bytes = new byte[messageBytes + WINDOWS];
        new Random(SEED).nextBytes(bytes);
        text = Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
        view = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** The message number {@code sequence} of a connection. */
    ByteBuf message(int connection, int sequence) {
        return text.slice(window(connection, sequence), messageBytes);
    }

    /** Whether the next {@code length} bytes of {@code echo} are those of the message from {@code from} on. */
    boolean matches(ByteBuf echo, int length, int connection, int sequence, int from) {
        int start = window(connection, sequence) + from;
        view.limit(start + length).position(start);
        return echo.internalNioBuffer(echo.readerIndex(), length).mismatch(view) < 0;
    }

    private static int window(int connection, int sequence) {
        return Math.floorMod(connection * 7 + sequence, WINDOWS);
    }
}
