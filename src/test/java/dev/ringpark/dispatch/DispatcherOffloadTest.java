package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work that would block the dispatcher. */
class DispatcherOffloadTest extends DispatcherContract {

    @Test
    void theOutcomeComesBackOnTheDispatchersThread() throws IOException {
        List<Thread> threads = new ArrayList<>();
        Request<Thread> offloaded = dispatcher.offload(Thread::currentThread, _ -> threads.add(Thread.currentThread()));
        dispatcher.run();

        assertThat(threads).containsExactly(Thread.currentThread());
        assertThat(offloaded.result()).isNotSameAs(Thread.currentThread());
        assertThat(offloaded.result().isDaemon()).isTrue();
    }

    @Test
    void namesAreLookedUpAndDirectoriesListed(@TempDir Path folder) throws IOException {
        Files.createFile(folder.resolve("one"));
        Request<InetAddress[]> looked = dispatcher.offload(() -> InetAddress.getAllByName("localhost"), ignoring());
        Request<List<Path>> listed = dispatcher.offload(() -> list(folder), ignoring());
        await(looked, listed);

        assertThat(looked.result()).isNotEmpty().allMatch(InetAddress::isLoopbackAddress);
        assertThat(listed.result()).containsExactly(folder.resolve("one"));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.toList();
        }
    }

    @Test
    void whatATaskThrowsIsWhyTheRequestFailed(@TempDir Path folder) throws IOException {
        Request<List<Path>> io = dispatcher.offload(() -> list(folder.resolve("none")), ignoring());
        Request<Object> other = dispatcher.offload(() -> {
            throw new IllegalStateException("on purpose");
        }, ignoring());
        await(io, other);

        assertThat(io.failure()).isExactlyInstanceOf(NoSuchFileException.class);
        assertThat(other.failure()).isExactlyInstanceOf(IOException.class)
                .hasCauseExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void noMoreThreadsThanAllowedRunThem() throws IOException {
        reopen(DispatcherOptions.defaults().withOffloadThreads(2));
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch two = new CountDownLatch(2);
        List<Request<String>> requests = IntStream.range(0, 20).mapToObj(_ -> dispatcher.offload(() -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            two.countDown();
            two.await();
            running.decrementAndGet();
            return "done";
        }, ignoring())).toList();
        dispatcher.run();

        assertThat(most).hasValue(2);
        for (Request<String> request : requests) {
            assertThat(request.result()).isEqualTo("done");
        }
    }

    @Test
    void aCancelInterruptsTheTaskAndDropsWhatItBrings() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        CountDownLatch over = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        Request<String> canceled = dispatcher.offload(() -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
            over.countDown();
            return "too late";
        }, _ -> calls.incrementAndGet());
        begun.await();
        dispatcher.cancel(canceled);
        await(canceled);
        over.await();
        dispatcher.flush();

        assertThat(canceled.failure()).isInstanceOf(OperationCanceledException.class);
        assertThat(interrupted).isTrue();
        assertThat(calls).hasValue(1);
    }

    @Test
    void whatATaskHasReachedIsNotLostToALateCancel() throws Exception {
        reopen(DispatcherOptions.defaults().withOffloadThreads(1));   // so the second runs when the first has ended
        CountDownLatch over = new CountDownLatch(1);
        Request<String> offloaded = dispatcher.offload(() -> "reached", ignoring());
        dispatcher.offload(() -> {
            over.countDown();
            return "";
        }, ignoring());
        over.await();
        dispatcher.cancel(offloaded);
        await(offloaded);

        assertThat(offloaded.result()).isEqualTo("reached");
    }

    @Test
    void oneThatWaitsForAThreadIsCancelledWithoutEverRunning() throws Exception {
        reopen(DispatcherOptions.defaults().withOffloadThreads(1));
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean ran = new AtomicBoolean();
        dispatcher.offload(() -> {
            release.await();
            return "";
        }, ignoring());
        Request<String> waiting = dispatcher.offload(() -> {
            ran.set(true);
            return "";
        }, ignoring());
        dispatcher.cancel(waiting);
        await(waiting);
        release.countDown();
        dispatcher.run();

        assertThat(waiting.failure()).isInstanceOf(OperationCanceledException.class);
        assertThat(ran).isFalse();
    }

    @Test
    void aCloseThatIsRefusedInACallbackLeavesAllTasksAlone() throws Exception {
        reopen(DispatcherOptions.defaults().withOffloadThreads(1));
        CountDownLatch release = new CountDownLatch(1);
        Request<String> running = dispatcher.offload(() -> {
            release.await();
            return "ran on";
        }, ignoring());
        Request<String> waiting = dispatcher.offload(() -> "ran, too", ignoring());
        List<Throwable> thrown = new ArrayList<>();
        dispatcher.nextTick(_ -> {
            try {
                dispatcher.close();
            } catch (IOException | IllegalStateException e) {
                thrown.add(e);
            }
        });
        dispatcher.flush();
        assertThat(thrown).hasSize(1).hasOnlyElementsOfType(IllegalStateException.class);
        release.countDown();
        await(running);
        assertThat(running.result()).isEqualTo("ran on");
        await(waiting);

        assertThat(waiting.result()).isEqualTo("ran, too");
    }

    @Test
    void aCloseInterruptsWhatRunsAndDoesNotWaitForIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicBoolean calledBack = new AtomicBoolean();
        dispatcher.offload(() -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return "";
        }, _ -> calledBack.set(true));
        begun.await();
        dispatcher.close();
        interrupted.await();

        assertThat(calledBack).isFalse();
        assertThatThrownBy(() -> dispatcher.offload(() -> "", ignoring())).isInstanceOf(IllegalStateException.class);
    }
}
