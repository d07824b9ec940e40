package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.CarrierLoop;
import dev.ringpark.Deadline;
import dev.ringpark.ForeignDescriptor;
import dev.ringpark.internal.os.linux.Libc;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors that others have opened; here a counter, which can be read from once it is not zero. */
class ForeignDescriptorContractTest extends Contract {
    private static final int NOT_OPEN = 1 << 20;
    private static final Duration SHORT = Duration.ofMillis(20);

    @TempDir
    private Path folder;

    /** Of the test, and open to its end. */
    private int counter() throws Exception {
        Assumptions.assumeTrue(!flavor.isOn("selector"), "java.nio has no descriptor numbers");
        int counter = Libc.eventfd(0, 0);
        assertThat(counter).isNotNegative();
        closeLater(() -> Libc.close(counter));
        return counter;
    }

    private ForeignDescriptor watched(int descriptor) throws Exception {
        return closeLater(ForeignDescriptor.watch(loop, descriptor));
    }

    private static Void awaitReadable(ForeignDescriptor descriptor) throws Exception {
        descriptor.awaitReadable();
        return null;
    }

    @Test
    void aThreadWaitsUntilThereIsSomething() throws Exception {
        int counter = counter();
        ForeignDescriptor watched = watched(counter);
        Call<Void> reader = parked(() -> awaitReadable(watched));
        call(() -> {
            watched.awaitWritable();
            return null;
        }).result();
        assertThat(reader.isDone()).isFalse();
        Libc.eventfdWrite(counter, 1);
        reader.result();

        call(() -> awaitReadable(watched)).result();   // it still is
    }

    @Test
    void severalThreadsThatWaitForTheSameAreAllWoken() throws Exception {
        int counter = counter();
        ForeignDescriptor watched = watched(counter);
        Call<Void> first = parked(() -> awaitReadable(watched));
        Call<Void> second = parked(() -> awaitReadable(watched));
        Libc.eventfdWrite(counter, 1);
        first.result();
        second.result();
    }

    @Test
    void whoWaitsForATimeOrInAScopeIsToldWhenItIsOver() throws Exception {
        ForeignDescriptor watched = watched(counter());
        assertThat(failureOf(() -> {
            watched.awaitReadable(SHORT);
            return null;
        })).isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Wait timed out");
        assertThat(failureOf(() -> Deadline.within(SHORT).call(() -> awaitReadable(watched))))
                .isInstanceOf(SocketTimeoutException.class);
        call(() -> {
            watched.awaitWritable(Duration.ZERO);
            return null;
        }).result();
    }

    /** On a socket that is neither: each wait is given up, and leaves nothing behind in which the next one trusts. */
    @Test
    void aWaitForTheOtherDirectionThatWasGivenUpTakesNobodysWord() throws Exception {
        counter();   // or it is skipped
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(folder.resolve("socket")));
            OpenDescriptors before = new OpenDescriptors();
            SocketChannel near = closeLater(SocketChannel.open(StandardProtocolFamily.UNIX));
            int descriptor = before.more().stream().filter(each -> each.contains("socket:"))
                    .map(each -> Integer.valueOf(each.substring(0, each.indexOf(' ')))).findFirst().orElseThrow();
            near.connect(listener.getLocalAddress());
            SocketChannel far = closeLater(listener.accept());
            near.configureBlocking(false);
            fill(near);
            ForeignDescriptor watched = watched(descriptor);
            for (int i = 0; i < 2; i++) {
                assertTimesOut(() -> watched.awaitReadable(SHORT));
                assertTimesOut(() -> watched.awaitWritable(SHORT));
            }
            Call<Void> reader = parked(() -> awaitReadable(watched));
            far.write(ByteBuffer.allocate(1));
            reader.result();
        }
    }

    private static void fill(SocketChannel socket) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(1 << 16);
        while (socket.write(piece.clear()) > 0) {
            assertThat(piece.position()).isPositive();
        }
    }

    @FunctionalInterface
    private interface Wait {
        void run() throws IOException;
    }

    private void assertTimesOut(Wait wait) throws Exception {
        assertThat(failureOf(() -> {
            wait.run();
            return null;
        })).isExactlyInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void aCloseEndsTheWaitAndLeavesTheDescriptor() throws Exception {
        int counter = counter();
        ForeignDescriptor watched = watched(counter);
        Call<Void> reader = parked(() -> awaitReadable(watched));
        watched.close();
        assertThat(reader.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(watched.isOpen()).isFalse();
        assertThat(failureOf(() -> awaitReadable(watched))).isExactlyInstanceOf(ClosedChannelException.class);

        assertThat(Libc.eventfdWrite(counter, 1)).as("still open").isTrue();
        ForeignDescriptor again = watched(counter);
        call(() -> awaitReadable(again)).result();
    }

    @Test
    void anInterruptEndsTheWaitAndTheLoopsEndDoes() throws Exception {
        int counter = counter();
        ForeignDescriptor watched = watched(counter);
        Call<Void> reader = parked(() -> awaitReadable(watched));
        reader.thread().interrupt();
        assertThat(reader.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
        ForeignDescriptor other = watched(counter);
        Call<Void> last = parked(() -> awaitReadable(other));
        loop.close();

        assertThat(last.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(Libc.eventfdWrite(counter, 1)).as("still open").isTrue();
    }

    @Test
    void aPlatformThreadWaitsAsWell() throws Exception {
        int counter = counter();
        ForeignDescriptor watched = watched(counter);
        Call<Void> reader = call(body -> Thread.ofPlatform().start(body), () -> awaitReadable(watched));
        Libc.eventfdWrite(counter, 1);
        reader.result();
    }

    @Test
    void aFileIsAlwaysReadyAtItsEndToo() throws Exception {
        counter();   // or there is nothing to be watched
        Path file = folder.resolve("file");
        FileChannel channel = closeLater(FileChannel.open(file, CREATE, READ, WRITE));
        ForeignDescriptor watched = watched(descriptorOf(file));
        for (int i = 0; i < 2; i++) {
            call(() -> awaitReadable(watched)).result();
            call(() -> {
                watched.awaitWritable();
                return null;
            }).result();
            channel.write(ByteBuffer.allocate(1));
        }
    }

    private static int descriptorOf(Path file) throws Exception {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(each -> isLinkTo(file, each)).mapToInt(each -> Integer.parseInt(each.toFile().getName()))
                    .findFirst().orElseThrow();
        }
    }

    private static boolean isLinkTo(Path file, Path link) {
        try {
            return Files.readSymbolicLink(link).equals(file);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    @Test
    void whatIsNoDescriptorIsRefused() throws Exception {
        assertThatThrownBy(() -> ForeignDescriptor.watch(loop, -1)).isInstanceOf(IllegalArgumentException.class);
        if (flavor.isOn("selector")) {
            assertThatThrownBy(() -> ForeignDescriptor.watch(loop, 0))
                    .isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("io_uring");
            return;
        }
        assertThat(failureOf(() -> awaitReadable(watched(NOT_OPEN))))
                .isExactlyInstanceOf(SocketException.class).hasMessageContaining("EBADF");
    }

    @Test
    void aClosedLoopWatchesNothing() throws Exception {
        CarrierLoop closed = flavor.start();
        closed.close();

        assertThatThrownBy(() -> ForeignDescriptor.watch(closed, 0)).isInstanceOf(IllegalStateException.class);
    }
}
