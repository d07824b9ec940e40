package dev.ringpark.bench.demo;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Both sides of what is said on a connection, as one would write it without thinking of rings or schedulers. */
final class Conversation {
    static final int MESSAGE_BYTES = 128;

    private Conversation() {}

    /** The server: gives back what it gets until the client has gone. */
    static void echo(Connection connection) throws IOException {
        try (connection) {
            var buffer = new byte[MESSAGE_BYTES];
            for (int n = connection.read(buffer, 0, buffer.length); n >= 0; ) {
                connection.write(buffer, 0, n);
                n = connection.read(buffer, 0, buffer.length);
            }
        }
    }

    /** The client: sends messages that nobody else sends and compares every byte that comes back. */
    static void talk(Connection connection, int client, int messages, Tally tally) throws IOException {
        var sent = new byte[MESSAGE_BYTES];
        var received = new byte[MESSAGE_BYTES];
        for (int number = 0; number < messages; number++) {
            fill(sent, client, number);
            connection.write(sent, 0, sent.length);
            readFully(connection, received);
            if (!Arrays.equals(sent, received)) {
                tally.wrong(differences(sent, received));
            }
            tally.echoed();
        }
    }

    /** A pattern of this client and this message, so that no stray or stale byte looks right. */
    private static void fill(byte[] message, int client, int number) {
        var words = ByteBuffer.wrap(message);
        long state = (long) client << 32 | number;
        while (words.hasRemaining()) {
            state += 0x9E3779B97F4A7C15L;
            long mixed = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
            words.putLong(mixed ^ mixed >>> 27);
        }
    }

    private static void readFully(Connection connection, byte[] target) throws IOException {
        for (int got = 0; got < target.length; ) {
            int n = connection.read(target, got, target.length - got);
            if (n < 0) {
                throw new EOFException("the server closed the connection");
            }
            got += n;
        }
    }

    private static long differences(byte[] sent, byte[] received) {
        long different = 0;
        for (int i = 0; i < sent.length; i++) {
            different += sent[i] == received[i] ? 0 : 1;
        }
        return different;
    }
}
