package dev.ringpark.internal.backend.selector;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads and writes: which bytes, whose positions, and how they end. */
class SelectorTransferTest {
    private static final int COPY_BYTES = 64 * 1024;   // what one attempt moves of memory on the heap

    private BackendRig rig;
    private Handle handle;
    private SocketChannel peer;

    @BeforeEach
    void open() throws Exception {
        rig = new BackendRig();
        handle = rig.connected();
        peer = rig.peer();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    static Stream<Named<UnaryOperator<ByteBuffer>>> memory() {
        return Stream.of(
                Named.of("heap", bytes -> bytes),
                Named.of("heap slice",
                        bytes -> ByteBuffer.allocate(40).position(7).slice().limit(20).put(0, bytes, 0, 20)),
                Named.of("direct", bytes -> ByteBuffer.allocateDirect(20).put(0, bytes, 0, 20)));
    }

    static Stream<Named<UnaryOperator<ByteBuffer>>> sources() {
        return Stream.concat(memory(), Stream.of(
                Named.of("read-only heap", ByteBuffer::asReadOnlyBuffer),
                Named.of("read-only direct",
                        bytes -> ByteBuffer.allocateDirect(20).put(0, bytes, 0, 20).asReadOnlyBuffer())));
    }

    @ParameterizedTest
    @MethodSource("memory")
    void aReadFillsItsPartOfTheBufferAndMovesNothingElse(UnaryOperator<ByteBuffer> kind) throws Exception {
        ByteBuffer buffer = kind.apply(bytes("....................")).position(2).limit(19);
        Operation read = rig.read(handle, buffer, 5, 10);
        peer.write(bytes("abc"));

        assertThat(rig.await(read).result()).isEqualTo(3);
        assertThat(buffer.position()).isEqualTo(2);
        assertThat(buffer.limit()).isEqualTo(19);
        assertThat(text(buffer)).isEqualTo(".....abc............");
    }

    @ParameterizedTest
    @MethodSource("sources")
    void aWriteSendsItsPartOfTheBufferAndMovesNothing(UnaryOperator<ByteBuffer> kind) throws Exception {
        ByteBuffer buffer = kind.apply(bytes("0123456789abcdefghij")).position(2).limit(19);
        Operation write = rig.write(handle, buffer, 5, 10);

        assertThat(rig.await(write).result()).isEqualTo(10);
        assertThat(buffer.position()).isEqualTo(2);
        assertThat(buffer.limit()).isEqualTo(19);
        assertThat(fromPeer(10)).isEqualTo("56789abcde");
    }

    @Test
    void anArrayIsReadIntoAndWrittenFromAtItsOffset() throws Exception {
        byte[] array = "0123456789".getBytes(US_ASCII);
        Operation write = new Operation(handle);
        write.beginTransfer(Kind.WRITE, array, 3, 4, Moment.NONE);
        assertThat(rig.await(rig.submit(write)).result()).isEqualTo(4);
        assertThat(fromPeer(4)).isEqualTo("3456");

        Operation read = new Operation(handle);
        read.beginTransfer(Kind.READ, array, 1, 5, Moment.NONE);
        peer.write(bytes("abcdefgh"));
        assertThat(rig.await(rig.submit(read)).result()).isEqualTo(5);
        assertThat(new String(array, US_ASCII)).isEqualTo("0abcde6789");
        assertThat(rig.await(rig.read(handle, 10)).result()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manyBytesArriveWholeThroughPartialCounts(boolean direct) throws Exception {
        byte[] sent = new byte[3 << 20];
        new Random(1).nextBytes(sent);
        ByteBuffer source = direct ? ByteBuffer.allocateDirect(sent.length).put(0, sent) : ByteBuffer.wrap(sent);
        peer.configureBlocking(false);

        ByteBuffer received = ByteBuffer.allocate(sent.length);
        for (int done = 0; done < sent.length; ) {
            Operation write = rig.write(handle, source, done, sent.length - done);
            while (!write.isDone()) {
                rig.backend.poll(0);
                drainPeer(received);
            }
            assertThat(write.result()).isPositive().isLessThanOrEqualTo(direct ? sent.length : COPY_BYTES);
            done += write.result();
        }
        while (received.hasRemaining()) {
            drainPeer(received);
        }
        assertThat(received.array()).isEqualTo(sent);
    }

    @Test
    void aReadOfMuchWithMuchThereTakesItInPartsAtOnce() throws Exception {
        byte[] bytes = new byte[200_000];
        Arrays.fill(bytes, (byte) 7);
        Thread writer = Thread.ofVirtual().start(() -> writeUnchecked(ByteBuffer.wrap(bytes)));
        ByteBuffer target = ByteBuffer.allocate(bytes.length);
        for (int done = 0; done < bytes.length; ) {
            done += rig.await(rig.read(handle, target, done, bytes.length - done)).result();
        }
        writer.join();
        assertThat(target.array()).isEqualTo(bytes);
    }

    @Test
    void aWriteWaitsForRoomAndThenSpinsNoMore() throws Exception {
        Operation write = rig.fill(handle);
        assertThat(rig.earlyPolls()).as("no room, and no spin while there is none").isZero();

        Thread reader = Thread.ofVirtual().start(() -> readUnchecked(rig.filledBytes));
        assertThat(rig.await(write).result()).isPositive();
        reader.join();
        rig.earlyPolls();
        assertThat(rig.earlyPolls()).as("room nobody asks for").isZero();
    }

    @Test
    void theEndOfTheStreamIsZeroAgainAndAgain() throws Exception {
        Operation read = rig.read(handle, 10);
        peer.shutdownOutput();

        assertThat(rig.await(read).result()).isZero();
        assertThat(read.failure()).isNull();
        assertThat(rig.await(rig.read(handle, 10)).result()).isZero();
        assertThat(rig.await(rig.write(handle, 5)).result()).as("the other half is open").isEqualTo(5);
    }

    @Test
    void bytesBeforeTheEndOfTheStreamComeFirst() throws Exception {
        peer.write(ByteBuffer.allocate(3));
        peer.close();

        assertThat(rig.await(rig.read(handle, 10)).result()).isEqualTo(3);
        assertThat(rig.await(rig.read(handle, 10)).result()).isZero();
    }

    @Test
    void aResetEndsThePendingReadWithItsNameAndTheAddressesStay() throws Exception {
        Operation read = rig.read(handle, 10);
        rig.backend.poll(0);
        Object remote = peer.getLocalAddress();
        reset();

        assertThat(errno(rig.await(read))).isEqualTo(Errno.ECONNRESET);
        assertThat(errno(rig.await(rig.read(handle, 10)))).isEqualTo(Errno.ECONNRESET);
        assertThat(errno(rig.await(rig.write(handle, 10)))).isEqualTo(Errno.EPIPE);
        assertThat(handle.remoteAddress()).isEqualTo(remote);
    }

    @Test
    void aResetIsToldToTheFirstWriteTheNextIsABrokenPipe() throws Exception {
        reset();
        rig.backend.poll(Backend.FOREVER);   // until it is there

        assertThat(errno(rig.await(rig.write(handle, 10)))).isEqualTo(Errno.ECONNRESET);
        assertThat(errno(rig.await(rig.write(handle, 10)))).isEqualTo(Errno.EPIPE);
    }

    @Test
    void aWriteAfterShutdownOutputIsABrokenPipe() throws Exception {
        handle.shutdownOutput();

        assertThat(errno(rig.await(rig.write(handle, 10)))).isEqualTo(Errno.EPIPE);
        assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void shutdownInputEndsThePendingRead() throws Exception {
        Operation read = rig.read(handle, 10);
        rig.backend.poll(0);
        handle.shutdownInput();

        assertThat(rig.await(read).result()).isZero();
        assertThat(rig.earlyPolls()).isLessThanOrEqualTo(1);
    }

    @Test
    void memoryThatIsGoneFailsTheOperationAndNotTheLoop() throws Exception {
        ByteBuffer gone;
        try (Arena arena = Arena.ofShared()) {
            gone = arena.allocate(10).asByteBuffer();
        }
        Operation read = rig.read(handle, gone, 0, 10);
        peer.write(ByteBuffer.allocate(4));

        assertThat(errno(rig.await(read))).isEqualTo(Errno.EFAULT);
        assertThat(rig.await(rig.read(handle, 10)).result()).isEqualTo(4);
    }

    private static Errno errno(Operation operation) {
        return operation.failure() == null ? null : operation.failure().errno();
    }

    private void reset() throws Exception {
        peer.setOption(StandardSocketOptions.SO_LINGER, 0);
        peer.close();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private static String text(ByteBuffer buffer) {
        byte[] all = new byte[20];
        buffer.duplicate().clear().get(0, all);
        return new String(all, US_ASCII);
    }

    private String fromPeer(int bytes) throws Exception {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        while (target.hasRemaining() && peer.read(target) >= 0) {
            assertThat(target.position()).isPositive();
        }
        return new String(target.array(), US_ASCII);
    }

    private void drainPeer(ByteBuffer target) throws IOException {
        int bytes;
        do {
            bytes = peer.read(target);
        } while (bytes > 0 && target.hasRemaining());
    }

    private void writeUnchecked(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                peer.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readUnchecked(long bytes) {
        ByteBuffer target = ByteBuffer.allocate(1 << 16);
        try {
            for (long left = bytes; left > 0; left -= target.position()) {
                peer.read(target.clear().limit((int) Math.min(left, target.capacity())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
