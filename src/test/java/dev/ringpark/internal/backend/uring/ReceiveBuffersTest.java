package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.EFD_CLOEXEC;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_CQE_BUFFER_SHIFT;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_CQE_F_BUFFER;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_READ;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IOSQE_BUFFER_SELECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel picks from them, as long as there are any. What is read is an eventfd: it answers with its count. */
@Timeout(60)
class ReceiveBuffersTest {
    private static final int COUNT = 2;
    private static final int BYTES = 512;
    private static final int EVENT_BYTES = 8;

    private Ring ring;
    private ReceiveBuffers buffers;
    private int fd = -1;

    @BeforeEach
    void register() throws IOException {
        ring = Rings.open(4, 8);
        buffers = ReceiveBuffers.register(ring, COUNT, BYTES);
        Assumptions.assumeTrue(buffers != null, "this kernel picks no buffers from a ring of them");
        fd = Libc.eventfd(0, EFD_CLOEXEC);
        assertThat(fd).isNotNegative();
    }

    @AfterEach
    void close() {
        if (ring != null) {
            ring.close();
        }
        if (buffers != null) {
            buffers.close();
        }
        if (fd >= 0) {
            Libc.close(fd);
        }
    }

    /** A read that has data at once; the id of the buffer the kernel picked, or minus the errno. */
    private int read(long event) {
        Libc.eventfdWrite(fd, event);
        return readWhatIsThere();
    }

    private int readWhatIsThere() {
        ring.push(Ring.head(IORING_OP_READ, IOSQE_BUFFER_SELECT, fd), 0, 0, EVENT_BYTES, 1, ReceiveBuffers.GROUP);
        while (!ring.hasCompletion()) {
            ring.enterAndWait();
        }
        int result = ring.result();
        int flags = ring.flags();
        ring.advance();
        if (result < 0) {
            return result;
        }
        assertThat(result).isEqualTo(EVENT_BYTES);
        assertThat(flags & IORING_CQE_F_BUFFER).isNotZero();
        return flags >>> IORING_CQE_BUFFER_SHIFT;
    }

    private long take(int id) {
        byte[] target = new byte[2 + EVENT_BYTES];
        buffers.take(id, target, 2, EVENT_BYTES);
        return ByteBuffer.wrap(target, 2, EVENT_BYTES).order(ByteOrder.nativeOrder()).getLong();
    }

    @Test
    void theBytesAreInTheBufferThatTheKernelSaysItPicked() {
        int first = read(5);
        int second = read(6);

        assertThat(Set.of(first, second)).containsExactlyInAnyOrder(0, 1);
        assertThat(take(second)).isEqualTo(6);
        assertThat(take(first)).isEqualTo(5);
    }

    @Test
    void whenAllAreOutAReadFailsWithoutItsBytesAndGetsThemOnceOneIsBack() {
        int first = read(1);
        read(2);
        assertThat(read(3)).isEqualTo(-LinuxErrno.ENOBUFS);
        assertThat(readWhatIsThere()).isEqualTo(-LinuxErrno.ENOBUFS);

        buffers.give(first);

        assertThat(take(readWhatIsThere())).isEqualTo(3);
    }

    @Test
    void buffersGoRoundBeyondTheRangeOfTheTailAndEachComesBack() {
        Set<Integer> picked = new HashSet<>();
        for (int round = 1; round <= 70_000; round++) {   // the tail has 16 bits
            int id = read(round);
            picked.add(id);
            assertThat(take(id)).isEqualTo(round);
        }

        assertThat(picked).containsExactlyInAnyOrder(0, 1);
    }
}
