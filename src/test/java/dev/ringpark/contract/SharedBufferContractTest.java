package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.READ;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.LoopFile;
import dev.ringpark.UdpSocket;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One buffer that two threads use at once: that is their fault, and harms their calls alone. */
class SharedBufferContractTest extends Contract {
    private static final int PIECE = 4096;
    private static final int CALLS = 2000;

    private static List<ByteBuffer> buffers(int bytes) {
        return List.of(ByteBuffer.allocate(bytes), ByteBuffer.allocate(2 * bytes).slice(1, bytes),
                ByteBuffer.allocateDirect(bytes));
    }

    // ---- one after the other ----

    @Test
    void aReadThatFindsItFullInItsTurnReadsNothing() throws Exception {
        Streams pair = streams();
        for (ByteBuffer shared : buffers(4)) {
            Call<Integer> first = parked(() -> pair.near().read(shared));
            Call<Integer> second = parked(() -> pair.near().read(shared));
            call(() -> pair.far().write(new byte[4], 0, 4)).result();

            assertThat(first.result()).isEqualTo(4);
            assertThat(second.result()).isZero();
            assertPasses(pair);
        }
    }

    @Test
    void aWriteThatFindsItSpentInItsTurnWritesNothing() throws Exception {
        Streams pair = streams();
        Call<Void> first = parked(Flow.writeTooMuch(pair.near()));
        List<Call<Integer>> writers = new ArrayList<>();
        for (ByteBuffer shared : buffers(4)) {
            writers.add(parked(() -> pair.near().write(shared)));
            writers.add(parked(() -> pair.near().write(shared)));
        }
        call(() -> pair.far().in().readNBytes(Flow.TOO_MUCH.length + 12)).result();

        first.result();
        for (int i = 0; i < writers.size(); i++) {
            assertThat(writers.get(i).result()).isEqualTo(i % 2 == 0 ? 4 : 0);
        }
        assertPasses(pair);
    }

    @Test
    void aDatagramForOneThatIsFullInItsTurnIsCut() throws Exception {
        UdpSocket near = Udp.bound(loop);
        UdpSocket far = Udp.bound(loop);
        for (ByteBuffer shared : buffers(4)) {
            Call<Integer> first = parked(() -> near.receive(shared).count());
            Call<Integer> second = parked(() -> near.receive(shared).count());
            for (int i = 0; i < 2; i++) {
                call(() -> {
                    far.send(new byte[4], 0, 4, Udp.address(near));
                    return null;
                }).result();
            }

            assertThat(first.result()).isEqualTo(4);
            assertThat(second.result()).isZero();
        }
    }

    // ---- at the same time ----

    @Test
    void whatIsReadFromASocketComesNowhereBesideOneThatIsMoved() throws Exception {
        Streams pair = streams();
        Call<Void> writer = writingOnTo(pair);
        assertNothingComesBeside(shared -> () -> pair.near().read(shared));

        pair.near().close();
        writer.awaitEnd();
    }

    @Test
    void whatIsReadFromAFileComesNowhereBesideOneThatIsMoved(@TempDir Path folder) throws Exception {
        Path path = Files.write(folder.resolve("file"), ones(PIECE));
        LoopFile file = call(() -> LoopFile.open(loop, path, READ)).result();

        assertNothingComesBeside(shared -> () -> file.read(shared, 0));
    }

    /** For the system a length of 0 brings what the end of a stream does. */
    @Test
    void oneThatIsFullByThenIsNotTakenForTheEnd() throws Exception {
        Streams pair = streams();
        Call<Void> writer = writingOnTo(pair);
        for (ByteBuffer shared : List.of(ByteBuffer.allocate(PIECE), ByteBuffer.allocateDirect(PIECE))) {
            readBesideOneWhoMoves(shared, PIECE, () -> {
                int count = pair.near().tryRead(shared);
                assertThat(count).as("with a peer that writes on").isNotNegative();
                return count;
            });
        }
        pair.near().close();
        writer.awaitEnd();
    }

    @FunctionalInterface
    private interface Reading {
        Callable<Integer> into(ByteBuffer shared);
    }

    /** While another thread moves the buffer to and fro, which stands between two that stay as they are. */
    private void assertNothingComesBeside(Reading reading) throws Exception {
        for (ByteBuffer all : List.of(ByteBuffer.allocate(3 * PIECE), ByteBuffer.allocateDirect(3 * PIECE))) {
            ByteBuffer shared = all.slice(PIECE, PIECE);
            int refused = readBesideOneWhoMoves(shared, PIECE / 2, reading.into(shared));
            assertThat(IntStream.range(0, 3 * PIECE).filter(i -> i / PIECE != 1 && all.get(i) != 0))
                    .as("places beside it, of %s", all).isEmpty();
            assertThat(refused).as("calls that noticed").isLessThan(CALLS);
        }
    }

    private Call<Void> writingOnTo(Streams pair) {
        return call(() -> {
            byte[] bytes = ones(PIECE);
            while (true) {
                pair.far().write(bytes, 0, PIECE);
            }
        });
    }

    /** While another thread moves {@code shared} to {@code there} and back: how many of the reads noticed that. */
    private int readBesideOneWhoMoves(ByteBuffer shared, int there, Callable<Integer> read) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread mover = Thread.ofPlatform().daemon().start(() -> {
            while (!over.get()) {
                shared.position(there);
                shared.position(0);
            }
        });
        try {
            return call(() -> readOften(read)).result();
        } finally {
            over.set(true);
            mover.join();
        }
    }

    /** How many of the calls noticed that the buffer was moved. */
    private static int readOften(Callable<Integer> read) throws Exception {
        List<RuntimeException> refusals = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            try {
                read.call();
            } catch (IndexOutOfBoundsException | IllegalArgumentException | BufferOverflowException e) {
                refusals.add(e);
            }
        }
        return refusals.size();
    }

    private static byte[] ones(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 1);
        return bytes;
    }
}
