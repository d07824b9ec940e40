package dev.ringpark.internal.backend.files;

import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.contract.Eventually;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The threads beside the loop, where there are none. */
class FileThreadsTest {
    @TempDir Path folder;

    private final Set<Thread> earlier = Thread.getAllStackTraces().keySet();
    private final AtomicInteger wakes = new AtomicInteger();
    private final FileThreads threads = new FileThreads(1, wakes::incrementAndGet);

    @Test
    void aCloseWaitsForAWakeThatIsUnderWayAndIsFollowedByNone() throws Exception {
        CountDownLatch waking = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Queue<String> order = new ConcurrentLinkedQueue<>();
        FileThreads slow = new FileThreads(1, () -> {
            waking.countDown();
            awaitUninterrupted(release);
            order.add("woken");
        });
        Path path = Path.of("nowhere");
        Operation open = slow.newFile(path).take();
        open.beginOpen(new OpenRequest(path, Set.of(), null), Operation.NONE);
        slow.submit(open);
        waking.await();
        Thread closer = Thread.ofPlatform().start(() -> {
            slow.close();
            order.add("closed");
        });
        while (closer.isAlive() && !isIn(closer, "onSpinWait", "close")) {
            Thread.onSpinWait();
        }
        release.countDown();
        closer.join();

        assertThat(order).containsExactly("woken", "closed");
    }

    private static boolean isIn(Thread thread, String... methods) {
        return Arrays.stream(thread.getStackTrace()).map(StackTraceElement::getMethodName)
                .anyMatch(Set.of(methods)::contains);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatNoThreadTakesHasFailedAndTheLoopIsWokenToHearOfIt() {
        threads.close();
        Path path = Path.of("nowhere");
        FileResource file = threads.newFile(path);
        Operation open = file.take();
        open.beginOpen(new OpenRequest(path, Set.of(), null), Operation.NONE);

        threads.submit(open);
        assertThat(wakes).hasValue(1);

        List<Operation> finished = new ArrayList<>();
        threads.deliver(finished::add);
        assertThat(finished).containsExactly(open);
        assertThat(Objects.requireNonNull(open.failure()).cause()).hasMessageContaining("Rejected");
    }

    /** Somebody opens the other end at last; the thread that has come too late goes away without a trace. */
    @Test
    void anOpenThatWasGivenUpLeavesThePipeItsNameEvenWhenItComesAboutLater() throws Exception {
        Path pipe = Tool.makePipe(folder.resolve("pipe"));
        Operation open = threads.newFile(pipe).take();
        open.beginOpen(new OpenRequest(pipe, Set.of(READ, DELETE_ON_CLOSE), null), Operation.NONE);
        threads.submit(open);
        Eventually.until(() -> Thread.getAllStackTraces().keySet().stream().anyMatch(this::isAtTheOpen), "at the open");
        assertThat(threads.cancel(open)).isTrue();

        try (FileChannel writer = FileChannel.open(pipe, WRITE)) {
            assertThatThrownBy(() -> writeWithoutEnd(writer)).hasMessage("Broken pipe");
        }

        assertThat(pipe).exists();
        threads.close();
    }

    /** A thread of ours: another test's may have been given up there. */
    private boolean isAtTheOpen(Thread thread) {
        return !earlier.contains(thread) && thread.getName().startsWith("ringpark-files-") && isIn(thread, "open0");
    }

    private static void writeWithoutEnd(FileChannel writer) throws IOException {
        while (writer.isOpen()) {
            writer.write(ByteBuffer.allocate(1));
        }
    }
}
