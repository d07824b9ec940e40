package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.POLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.backend.fd.FdFile;
import dev.ringpark.internal.backend.files.FileThreads;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What follows when a kernel says EAGAIN to an operation of a file, as older ones do for files that do not wait. */
class RefusedFileTest {
    private final InFlight inFlight = new InFlight(8);
    private final FdFile file = new FdFile(Path.of("event"));
    private final ByteBuffer target = ByteBuffer.allocateDirect(8);
    private Ring ring;
    private FileSubmissions submissions;

    @BeforeEach
    void open() throws IOException {
        ring = Rings.open(8, 16);
        submissions = new FileSubmissions(ring, new FileThreads(1, () -> { }));
        file.opened(Libc.eventfd(1, IoUringAbi.EFD_CLOEXEC));
    }

    @AfterEach
    void close() throws IOException {
        ring.close();
        submissions.close();
        file.release();
    }

    private Operation read() {
        Operation read = file.take();
        read.at(Operation.OWN_POSITION);
        read.beginTransfer(Kind.READ_AT, target, MemorySegment.ofBuffer(target).address(), 0, 8, Operation.NONE);
        inFlight.admit(read);
        return read;
    }

    /** Has the kernel do the next step: its result. */
    private int push(Operation operation) {
        assertThat(submissions.push(operation)).isTrue();
        while (!ring.hasCompletion()) {
            ring.enterAndWait();
        }
        int result = ring.result();
        ring.advance();
        return result;
    }

    @Test
    void aTransferThatIsRefusedWaitsForReadinessAndTriesAgain() {
        Operation read = read();
        assertThat(submissions.settle(read, -LinuxErrno.EAGAIN)).isEqualTo(-LinuxErrno.EAGAIN);
        int ready = push(read);
        assertThat(ready).as("poll(2) bits").isEqualTo(POLLIN);
        assertThat(submissions.settle(read, ready)).isEqualTo(-LinuxErrno.EAGAIN);
        assertThat(submissions.settle(read, push(read))).as("bytes").isEqualTo(8);
        assertThat(read.failure()).isNull();
        assertThat(read.result()).isEqualTo(8);
    }

    @Test
    void aTransferThatIsRefusedAgainAndAgainFailsInTheEnd() {
        Operation read = read();
        int rounds = 0;
        while (submissions.settle(read, -LinuxErrno.EAGAIN) < 0) {
            assertThat(submissions.settle(read, POLLIN)).as("it was ready").isEqualTo(-LinuxErrno.EAGAIN);
            assertThat(rounds++).isLessThan(20);
        }
        assertThat(Objects.requireNonNull(read.failure()).errno()).isEqualTo(Errno.EAGAIN);
        assertThat(rounds).isPositive();
    }

    @Test
    void whatIsNoTransferIsTriedAgainAndNotForEver() {
        Operation stat = file.take();
        stat.beginStat(true, Operation.NONE);
        inFlight.admit(stat);
        assertThat(submissions.settle(stat, -LinuxErrno.EAGAIN)).isEqualTo(-LinuxErrno.EAGAIN);
        assertThat(submissions.settle(stat, push(stat))).isZero();
        assertThat(stat.failure()).isNull();
        int rounds = 0;
        while (submissions.settle(stat, -LinuxErrno.EAGAIN) < 0) {
            assertThat(rounds++).isLessThan(20);
        }
        assertThat(Objects.requireNonNull(stat.failure()).errno()).isEqualTo(Errno.EAGAIN);
    }

    @Test
    void whatFindsNoMemoryForANameFailsAndKeepsNothing() throws IOException {
        FileThreads beside = new FileThreads(1, () -> { });
        FileSubmissions poor = new FileSubmissions(ring, beside, new PathMemory(bytes -> {
            throw new IOException("on purpose");
        }));
        Operation stat = file.take();
        stat.beginStat(true, Operation.NONE);
        inFlight.admit(stat);

        assertThat(poor.push(stat)).isFalse();
        assertThat(Objects.requireNonNull(stat.failure()).errno()).isEqualTo(Errno.ENOMEM);
        assertThat(stat.lent).isEqualTo(PathMemory.NONE);
        assertThat(ring.unsubmitted()).isZero();
        poor.close();
    }
}
