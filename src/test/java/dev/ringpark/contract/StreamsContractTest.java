package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.StreamSocket;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A socket's streams: all or nothing, nobody in another's way. */
class StreamsContractTest extends Contract {
    private static final int MESSAGE_BYTES = 50_000;

    // ---- whose turn it is ----

    @Test
    void aReaderAndAWriterDoNotLockEachOtherOut() throws Exception {
        Streams pair = streams();
        InputStream in = pair.near().in();
        OutputStream out = pair.near().out();
        Call<Integer> read = parked(() -> in.read());
        call(() -> write(out, Sequence.bytes(3))).result();
        assertThat(call(() -> Flow.read(pair.far(), 3, 3)).result()).isEqualTo(3);
        Call<Void> write = parked(Flow.writeTooMuch(pair.near()));
        assertThat(read.isDone()).isFalse();

        call(() -> write(pair.far().out(), new byte[] {7})).result();
        assertThat(read.result()).isEqualTo(7);
        assertThat(write.isDone()).isFalse();
    }

    @Test
    void writersNeverInterleaveWithinOneWrite() throws Exception {
        Streams pair = streams();
        int writers = 4;
        int messages = 10;
        for (byte id = 1; id <= writers; id++) {
            byte[] message = new byte[MESSAGE_BYTES];
            Arrays.fill(message, id);
            call(id % 2 == 0 ? loop::startVirtualThread : Thread.ofPlatform()::start, () -> {
                for (int i = 0; i < messages; i++) {
                    pair.near().out().write(message);
                }
                return null;
            });
        }
        Call<int[]> reader = call(() -> countMessages(pair.far().in(), writers * messages, writers));
        assertThat(reader.result()).containsOnly(messages).hasSize(writers);
    }

    /** How many messages came of each writer; fails if one is not of one writer's bytes alone. */
    private static int[] countMessages(InputStream in, int messages, int writers) throws Exception {
        int[] counts = new int[writers];
        for (int i = 0; i < messages; i++) {
            byte[] message = in.readNBytes(MESSAGE_BYTES);
            assertThat(message.length).isEqualTo(MESSAGE_BYTES);
            Sequence.checkAll(message, MESSAGE_BYTES, message[0]);
            counts[message[0] - 1]++;
        }
        return counts;
    }

    // ---- bytes ----

    @Test
    void bytesAreReadAsZeroTo255AndTheEndAsMinusOne() throws Exception {
        Streams pair = streams();
        call(() -> {
            OutputStream out = pair.far().out();
            for (int value = 0; value < 256; value++) {
                out.write(value);
            }
            out.flush();
            return pair.far().shutdownOutput();
        }).result();
        List<Integer> values = call(() -> {
            List<Integer> read = new ArrayList<>();
            for (int value = pair.near().in().read(); value >= 0; value = pair.near().in().read()) {
                read.add(value);
            }
            return read;
        }).result();
        assertThat(values).hasSize(256);
        for (int value = 0; value < 256; value++) {
            assertThat(values.get(value)).isEqualTo(value);
        }
    }

    @Test
    void aStreamWritesAllOrThrows() throws Exception {
        Streams pair = streams();
        Call<Integer> write = parked(() -> write(pair.near().out(), Sequence.bytes(8 << 20)));
        Call<byte[]> read = call(() -> pair.far().in().readNBytes(8 << 20));

        assertThat(write.result()).isEqualTo(8 << 20);
        assertThat(read.result()).hasSize(8 << 20);
        Sequence.check(read.result(), 8 << 20, 0);
    }

    @Test
    void allStreamsOfASocketAndTheSocketItselfShareItsBytes() throws Exception {
        Streams pair = streams();
        call(() -> write(pair.far().out(), Sequence.bytes(10))).result();
        byte[] target = new byte[10];
        call(() -> {
            target[0] = (byte) pair.near().in().read();
            pair.near().read(target, 1, 4);
            return pair.near().in().readNBytes(target, 5, 5);
        }).result();
        Sequence.check(target, 10, 0);
    }

    @Test
    void aStreamCanSkipAndTransferWhatRemains() throws Exception {
        Streams pair = streams();
        call(() -> Flow.writeAll(pair.far(), Flow.direct(Sequence.bytes(60_000)))).result();
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        long transferred = call(() -> {
            InputStream in = pair.near().in();
            in.skipNBytes(1000);
            return in.transferTo(rest);
        }).result();
        assertThat(transferred).isEqualTo(59_000);
        assertThat(rest.toByteArray()).isEqualTo(Sequence.bytes(1000, 59_000));
    }

    @Test
    void copyToATargetThatTakesNoMoreNowDoesNotTryForEver() throws Exception {
        Streams pair = streams();
        WritableByteChannel full = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) {
                return 0;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        call(() -> pair.far().write(new byte[] {1}, 0, 1)).result();

        assertThat(failureOf(() -> pair.near().copyTo(full))).isExactlyInstanceOf(IllegalBlockingModeException.class);
    }

    @Test
    void copyToCopiesToTheEndAndTellsHowMuch() throws Exception {
        Streams pair = streams();
        Call<Long> write = call(() -> Flow.writeAll(pair.far(), Flow.direct(Sequence.bytes(300_000))));
        ByteArrayOutputStream target = new ByteArrayOutputStream();

        assertThat(call(() -> pair.near().copyTo(Channels.newChannel(target))).result()).isEqualTo(300_000);
        assertThat(target.toByteArray()).isEqualTo(Sequence.bytes(300_000));
        assertThat(write.result()).isEqualTo(300_000);
    }

    @Test
    void availableTellsWhatIsThereOrNothing() throws Exception {
        Streams pair = streams();
        InputStream in = pair.near().in();
        assertThat(in.available()).isZero();
        call(() -> write(pair.far().out(), Sequence.bytes(5))).result();
        assertThat(call(() -> in.read()).result()).isZero();

        assertThat(in.available()).isEqualTo(pair.near().available()).isEqualTo(!flavor.isOn("selector") ? 4 : 0);
        assertThat(call(() -> in.readNBytes(4)).result()).hasSize(4);
        assertThat(in.available()).isZero();
    }

    // ---- timeouts, close ----

    @Test
    void aStreamGoesOnWhereItWasAfterATimeout() throws Exception {
        Streams pair = streams();
        InputStream in = pair.near().setReadTimeout(Duration.ofMillis(5)).in();
        for (int i = 0; i < 5; i++) {
            assertThat(failureOf(() -> in.read())).isExactlyInstanceOf(SocketTimeoutException.class);
            assertThat(failureOf(() -> in.read(new byte[9]))).isExactlyInstanceOf(SocketTimeoutException.class);
            byte[] next = Sequence.bytes(i * 3L, 3);
            call(() -> write(pair.far().out(), next)).result();
            assertThat(call(() -> in.readNBytes(3)).result()).isEqualTo(next);
        }
        assertThat(pair.near().isOpen()).isTrue();
    }

    @Test
    void closingEitherStreamClosesTheSocket() throws Exception {
        for (int i = 0; i < 2; i++) {
            Streams pair = streams();
            StreamSocket socket = pair.near();
            Call<Integer> read = parked(() -> socket.in().read());
            AutoCloseable stream = i == 0 ? socket.in() : socket.out();
            call(() -> {
                stream.close();
                stream.close();
                return null;
            }).result();

            assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            assertThat(socket.isOpen()).isFalse();
            assertThat(failureOf(() -> socket.in().available())).isExactlyInstanceOf(ClosedChannelException.class);
            assertThat(failureOf(() -> write(socket.out(), new byte[1])))
                    .isExactlyInstanceOf(ClosedChannelException.class);
            assertThat(call(Flow.readAll(pair.far())).result()).isZero();
        }
    }

    private static int write(OutputStream out, byte[] bytes) throws Exception {
        out.write(bytes);
        return bytes.length;
    }
}
