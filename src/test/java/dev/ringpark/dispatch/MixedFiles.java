package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Three files: one of blocks that are read and written in any order, but for the bytes of one block; one that is
 * written from its beginning on, and one that is read so.
 */
final class MixedFiles {
    private static final int BLOCK = 5_000;
    private static final int BLOCKS = 16;

    private final Dispatcher dispatcher;
    private final MixedRequests requests;
    private final SplittableRandom random;
    private final FileHandle blocks;
    private final FileHandle log;
    private final FileHandle tape;
    private final byte[] written = new byte[BLOCK * BLOCKS];
    private final boolean[] busy = new boolean[BLOCKS];
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final byte[] recorded;
    private int played;

    /** {@code blocks} is empty, and {@code tape} has the bytes {@code recorded}. */
    MixedFiles(Dispatcher dispatcher, MixedRequests requests, SplittableRandom random, FileHandle blocks,
            FileHandle log, FileHandle tape, byte[] recorded) throws IOException {
        this.dispatcher = dispatcher;
        this.requests = requests;
        this.random = random;
        this.blocks = blocks;
        this.log = log;
        this.tape = tape;
        this.recorded = recorded;
        Files.write(blocks.path(), written);
    }

    Set<FileHandle> handles() {
        return Set.of(blocks, log, tape);
    }

    void write() {
        int position = freePlace();
        if (position >= 0) {
            MixedMemory source = memoryUpToTheNextBlock(position);
            requests.ask(source, (one, heard) -> dispatcher.write(blocks, one, position, heard),
                    (several, heard) -> dispatcher.write(blocks, several, position, heard), done -> {
                        busy[position / BLOCK] = false;
                        byte[] bytes = source.written(done);
                        System.arraycopy(bytes, 0, written, position, bytes.length);
                    });
        }
    }

    void read() {
        int position = freePlace();
        if (position >= 0) {
            MixedMemory target = memoryUpToTheNextBlock(position);
            requests.ask(target, (one, heard) -> dispatcher.read(blocks, one, position, heard),
                    (several, heard) -> dispatcher.read(blocks, several, position, heard), done -> {
                        busy[position / BLOCK] = false;
                        byte[] bytes = target.read(done);
                        assertThat(bytes).isEqualTo(Arrays.copyOfRange(written, position, position + bytes.length));
                    });
        }
    }

    /** A position of chance in a block that nobody reads or writes, which somebody does from now on; -1 for none. */
    private int freePlace() {
        int block = random.nextInt(BLOCKS);
        if (busy[block]) {
            return -1;
        }
        busy[block] = true;
        return block * BLOCK + random.nextInt(BLOCK);
    }

    private MixedMemory memoryUpToTheNextBlock(int position) {
        return MixedMemory.any(1 + random.nextInt(BLOCK - position % BLOCK), random);
    }

    void append() {
        MixedMemory source = MixedMemory.whole(1 + random.nextInt(BLOCK), random);
        requests.ask(source, (one, heard) -> dispatcher.write(log, one, heard), null,
                done -> logged.writeBytes(source.written(done)));
    }

    void play() {
        MixedMemory target = MixedMemory.whole(1 + random.nextInt(BLOCK), random);
        requests.ask(target, (one, heard) -> dispatcher.read(tape, one, heard), null, done -> {
            byte[] bytes = target.read(done);
            assertThat(bytes).isEqualTo(Arrays.copyOfRange(recorded, played, played + bytes.length));
            played += bytes.length;
            assertThat(MixedMemory.countOf(done) < 0).isEqualTo(done.failure() == null && bytes.length == 0);
            assertThat(MixedMemory.countOf(done) >= 0 || played == recorded.length).as("the end").isTrue();
        });
    }

    /** Has bytes of the tape go to {@code stream}. */
    void sendTo(MixedStream stream) {
        stream.sendFile(tape, recorded);
    }

    /** What the requests have told is what is there. */
    void assertWritten() throws IOException {
        assertThat(Files.readAllBytes(blocks.path())).isEqualTo(written);
        assertThat(Files.readAllBytes(log.path())).isEqualTo(logged.toByteArray());
        assertThat(log.position()).isEqualTo(logged.size());
        assertThat(tape.position()).isEqualTo(played);
    }
}
