package dev.ringpark.internal.backend.files;

import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.contract.Eventually;
import dev.ringpark.internal.dispatch.FakeFile;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    @Test
    void whatCannotBePutIntoWordsHasFailedAllTheSame() {
        Operation truncate = truncate(() -> {
            throw new UnspeakableError();
        });
        threads.submit(truncate);
        Eventually.until(() -> wakes.get() == 1, "woken");

        assertThat(delivered(threads)).containsExactly(truncate);
        assertThat(Objects.requireNonNull(truncate.failure()).cause())
                .hasMessage("a thread for files failed, and could not say why");
        threads.close();
    }

    @Test
    void aWakeWithoutMemoryIsTriedAgain() {
        FileThreads forgetful = new FileThreads(1, () -> {
            if (wakes.incrementAndGet() < 3) {
                throw new OutOfMemoryError("simulated");
            }
        });
        Operation truncate = truncate(() -> {});
        forgetful.submit(truncate);
        Eventually.until(() -> wakes.get() == 3, "woken");

        assertThat(delivered(forgetful)).containsExactly(truncate);
        assertThat(truncate.failure()).isNull();
        forgetful.close();
        assertThat(wakes).hasValue(3);
    }

    @Test
    void aWakeThatAlwaysFailsKeepsItsThreadUntilTheLoopComesByItselfOrToItsEnd() {
        FileThreads deaf = new FileThreads(1, () -> {
            wakes.incrementAndGet();
            throw new OutOfMemoryError("simulated");
        });
        Queue<Thread> took = new ConcurrentLinkedQueue<>();
        for (int i = 1; i <= 2; i++) {
            int wakesBefore = wakes.get();
            deaf.submit(truncate(() -> took.add(Thread.currentThread())));
            Eventually.until(() -> wakes.get() > wakesBefore + 1, "tried again");
            assertThat(delivered(deaf)).hasSize(1);
        }
        deaf.submit(truncate(() -> took.add(Thread.currentThread())));
        Eventually.until(() -> took.size() == 3, "done, and not delivered");
        deaf.close();
        int wakesInAll = wakes.get();

        Eventually.until(() -> took.stream().noneMatch(Thread::isAlive), "the threads have ended");
        assertThat(wakes).hasValue(wakesInAll);
    }

    @Test
    void aDeliveryThatFailsLosesNoneOfTheOthersNorTheirOrder() {
        List<Operation> submitted = new ArrayList<>();
        submitAndAwaitWake(submitted);
        submitAndAwaitWake(submitted);
        submitAndAwaitWake(submitted);
        assertThatThrownBy(() -> threads.deliver(_ -> {
            throw new OutOfMemoryError("simulated");
        })).hasMessage("simulated");
        submitAndAwaitWake(submitted);

        assertThat(delivered(threads)).isEqualTo(submitted.subList(1, submitted.size()));
        threads.close();
    }

    private void submitAndAwaitWake(List<Operation> submitted) {
        Operation truncate = truncate(() -> {});
        submitted.add(truncate);
        threads.submit(truncate);
        Eventually.until(() -> wakes.get() == submitted.size(), "woken");
    }

    private static List<Operation> delivered(FileThreads threads) {
        List<Operation> delivered = new ArrayList<>();
        threads.deliver(delivered::add);
        return delivered;
    }

    private static Operation truncate(Runnable what) {
        Operation truncate = new TruncatedFile(what).take();
        truncate.beginTruncate(0, Operation.NONE);
        return truncate;
    }

    /** Somebody opens the other end at last; the thread that has come too late goes away without a trace. */
    @Test
    void anOpenThatWasGivenUpLeavesThePipeItsNameEvenWhenItComesAboutLater() throws Exception {
        Path pipe = Tool.makePipe(folder.resolve("pipe"));
        Operation open = threads.newFile(pipe).take();
        open.beginOpen(new OpenRequest(pipe, Set.of(READ, DELETE_ON_CLOSE), null), Operation.NONE);
        threads.submit(open);
        Eventually.until(() -> threadAtTheOpen().isPresent(), "at the open");
        assertThat(threads.cancel(open)).isTrue();

        try (FileChannel writer = FileChannel.open(pipe, WRITE)) {
            assertThatThrownBy(() -> writeWithoutEnd(writer)).hasMessage("Broken pipe");
        }

        assertThat(pipe).exists();
        threads.close();
    }

    @Test
    void whatFailsAsSomethingUnwantedIsDiscardedDoesNotEndTheThread() throws Exception {
        Path pipe = Tool.makePipe(folder.resolve("pipe"));
        Operation open = threads.newFile(pipe).take();
        open.beginOpen(new OpenRequest(pipe, new UnreadableOptions(READ), null), Operation.NONE);
        threads.submit(open);
        Eventually.until(() -> threadAtTheOpen().isPresent(), "at the open");
        Thread opener = threadAtTheOpen().orElseThrow();
        Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
        opener.setUncaughtExceptionHandler((_, e) -> uncaught.add(e));
        assertThat(threads.cancel(open)).isTrue();

        try (FileChannel writer = FileChannel.open(pipe, WRITE)) {
            assertThatThrownBy(() -> writeWithoutEnd(writer)).hasMessage("Broken pipe");
        }

        Eventually.until(() -> isIn(opener, "getTask") || !opener.isAlive(), "it is done with the discarding");
        assertThat(uncaught).isEmpty();
        submitAndAwaitWake(new ArrayList<>());
        threads.close();
    }

    private Optional<Thread> threadAtTheOpen() {
        return Thread.getAllStackTraces().keySet().stream().filter(this::isAtTheOpen).findAny();
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

    /** A file that is cut by {@code what}. */
    private static final class TruncatedFile extends FakeFile {
        private final Runnable what;

        TruncatedFile(Runnable what) {
            super(Path.of("truncated"), true);
            this.what = what;
        }

        @Override
        public void truncate(long size) {
            what.run();
        }
    }

    /** For what it has to say there is no memory. */
    private static final class UnspeakableError extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("simulated");
        }
    }

    /** They can be copied; to ask for one takes memory that there is not. */
    private static final class UnreadableOptions extends AbstractSet<OpenOption> {
        private final OpenOption only;

        UnreadableOptions(OpenOption only) {
            this.only = only;
        }

        @Override
        public boolean contains(Object option) {
            throw new OutOfMemoryError("simulated");
        }

        @Override
        public Iterator<OpenOption> iterator() {
            return List.of(only).iterator();
        }

        @Override
        public int size() {
            return 1;
        }
    }
}
