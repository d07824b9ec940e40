package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.Backend.FOREVER;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_CLOSE;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_FTRUNCATE;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_MKDIRAT;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_RENAMEAT;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_UNLINKAT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.dispatch.Proactor;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.PathRequest;
import dev.ringpark.internal.op.PathsHandle;
import dev.ringpark.internal.op.PooledHandle;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.linux.Libc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel that lacks some operations: a few threads do those, and nobody can tell. */
class OlderKernelTest {
    private static final List<Integer> LACKING =
            List.of(IORING_OP_CLOSE, IORING_OP_FTRUNCATE, IORING_OP_MKDIRAT, IORING_OP_RENAMEAT, IORING_OP_UNLINKAT);

    @TempDir Path folder;

    private final PathsHandle paths = new PathsHandle();
    private final Set<Thread> earlier = Thread.getAllStackTraces().keySet();
    private Proactor proactor;

    @BeforeEach
    void open() throws IOException {
        Ring ring = Rings.open(8, 16);
        long known = 0;
        for (int operation = 0; operation < Long.SIZE; operation++) {
            known |= ring.knows(operation) && !LACKING.contains(operation) ? 1L << operation : 0;
        }
        ring.knows(known);
        proactor = new Proactor((inFlight, completions, counters) -> UringBackend.open(ring,
                new BackendOptions(8, 16, 512, 1, 2), Libc.eventfd(0, IoUringAbi.EFD_CLOEXEC), inFlight, completions,
                counters), 8, new Counters(), thread -> { });
    }

    @AfterEach
    void close() {
        proactor.end();
    }

    private Operation run(PooledHandle handle, Consumer<Operation> begin) throws IOException {
        Operation operation = handle.take();
        begin.accept(operation);
        proactor.submit(operation);
        while (!operation.isDone()) {
            proactor.poll(FOREVER);
        }
        return operation;
    }

    private Operation run(PathRequest request) throws IOException {
        Operation operation = run(paths, begun -> begun.beginPath(request, Operation.NONE));
        assertThatAThreadDidIt();
        return operation;
    }

    /** They stay for a second, for the next. */
    private void assertThatAThreadDidIt() {
        assertThat(Thread.getAllStackTraces().keySet()).anySatisfy(thread -> {
            assertThat(earlier).doesNotContain(thread);
            assertThat(thread.getName()).startsWith("ringpark-files-");
        });
    }

    @Test
    void pathsAreChanged() throws IOException {
        Path made = folder.resolve("made");
        Path moved = folder.resolve("moved");

        assertThat(run(new PathRequest.MakeDirectory(made, null)).failure()).isNull();
        assertThat(made).isDirectory();
        assertThat(errnoOf(new PathRequest.MakeDirectory(made, null))).isEqualTo(Errno.EEXIST);
        assertThat(run(new PathRequest.Rename(made, moved, true)).failure()).isNull();
        assertThat(moved).isDirectory();
        Files.createFile(made);
        assertThat(errnoOf(new PathRequest.Rename(made, moved, false))).isEqualTo(Errno.EEXIST);
        assertThat(errnoOf(new PathRequest.Remove(moved, false))).isEqualTo(Errno.EISDIR);
        assertThat(errnoOf(new PathRequest.Remove(made, true))).isEqualTo(Errno.ENOTDIR);
        assertThat(run(new PathRequest.Remove(moved, true)).failure()).isNull();
        assertThat(run(new PathRequest.Remove(made, false)).failure()).isNull();
        assertThat(folder).isEmptyDirectory();
    }

    private Errno errnoOf(PathRequest request) throws IOException {
        return Objects.requireNonNull(run(request).failure()).errno();
    }

    @Test
    void aFileIsCutShorter() throws IOException {
        Path path = Files.write(folder.resolve("file"), new byte[100]);
        FileResource file = proactor.backend().newFile(path);
        OpenRequest request = new OpenRequest(path, Set.of(StandardOpenOption.WRITE), null);
        run(file, operation -> operation.beginOpen(request, Operation.NONE));

        assertThat(run(file, operation -> operation.beginTruncate(200, Operation.NONE)).failure()).isNull();
        assertThatAThreadDidIt();
        assertThat(path).hasSize(100);
        assertThat(run(file, operation -> operation.beginTruncate(60, Operation.NONE)).failure()).isNull();
        assertThat(path).hasSize(60);
        Operation close = new Operation(file);
        close.beginClose();
        proactor.submit(close);
        while (!close.isDone()) {
            proactor.poll(FOREVER);
        }
        assertThat(close.failure()).isNull();
        assertThat(file.isClosed()).isTrue();
    }
}
