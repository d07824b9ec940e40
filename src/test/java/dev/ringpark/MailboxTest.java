package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.op.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is delivered to a loop, and what is forwarded for one that has ended. */
@Timeout(30)   // what is lost would be waited for
class MailboxTest {
    private final Mailbox mailbox = new Mailbox(handle -> { });
    private final RunQueue ready = new RunQueue();
    private final List<String> done = new ArrayList<>();

    // ---- deliver ----

    @Test
    void itIsEmptyUntilSomethingComesAndAfterItWasDelivered() {
        assertThat(mailbox.isEmpty()).isTrue();
        mailbox.add(task("task"));
        assertThat(mailbox.isEmpty()).isFalse();
        mailbox.deliver(ready);
        assertThat(mailbox.isEmpty()).isTrue();
    }

    @Test
    void commandsAreRunAndTasksAreQueuedEachInTheirOrder() {
        Runnable first = task("first task");
        Runnable second = task("second task");
        mailbox.add(first);
        mailbox.add(command("first command"));
        mailbox.add(second);
        mailbox.add(command("second command"));
        mailbox.deliver(ready);

        assertThat(done).containsExactly("first command", "second command");
        assertThat(ready.poll()).isSameAs(first);
        assertThat(ready.poll()).isSameAs(second);
        assertThat(ready.poll()).isNull();
    }

    @Test
    void tasksStandBehindThoseThatCouldRunBefore() {
        Runnable before = task("before");
        Runnable after = task("after");
        ready.add(before);
        mailbox.add(after);
        mailbox.deliver(ready);

        assertThat(ready.poll()).isSameAs(before);
        assertThat(ready.poll()).isSameAs(after);
    }

    @Test
    void whatACommandMailsIsDeliveredToo() {
        mailbox.add((Mailbox.Command) () -> {
            mailbox.add(command("mailed by a command"));
            mailbox.add(task("task"));
        });
        mailbox.deliver(ready);

        assertThat(done).containsExactly("mailed by a command");
        assertThat(ready.size()).isEqualTo(1);
        assertThat(mailbox.isEmpty()).isTrue();
    }

    @Test
    void sendersThatNeverStopDoNotKeepTheLoopFromItsTurn() {
        AtomicInteger runs = new AtomicInteger();
        mailbox.add(new Mailbox.Command() {
            @Override
            public void run() {
                runs.incrementAndGet();
                mailbox.add(this);
            }
        });
        mailbox.deliver(ready);

        assertThat(runs.get()).isPositive();
        assertThat(mailbox.isEmpty()).as("the rest keeps").isFalse();
    }

    @Test
    void whatStandsBehindACommandThatThrowsStaysForTheNextDelivery() {
        mailbox.add((Mailbox.Command) () -> {
            throw new IllegalStateException("on purpose");
        });
        mailbox.add(command("next"));

        assertThatThrownBy(() -> mailbox.deliver(ready)).hasMessage("on purpose");
        mailbox.deliver(ready);
        assertThat(done).containsExactly("next");
    }

    // ---- ended calls ----

    @Test
    void theEndOfACallIsMailThatIsTakenInBeforeTheCommands() {
        Resource resource = new Resource() { };
        Mailbox box = new Mailbox(ended -> done.add(ended == resource ? "ended" : "of another"));
        box.add(command("command"));
        box.addEndedCall(resource);
        assertThat(box.isEmpty()).isFalse();
        box.deliver(ready);

        assertThat(done).containsExactly("ended", "command");
        assertThat(box.isEmpty()).isTrue();
    }

    @Test
    void theEndOfACallIsForwardedAlsoIfOneBeforeItFails() {
        Mailbox box = new Mailbox(ended -> {
            done.add("ended");
            if (done.size() == 1) {
                throw new IllegalStateException("on purpose");
            }
        });
        box.addEndedCall(new Resource() { });
        box.addEndedCall(new Resource() { });
        box.forward();

        assertThat(done).containsExactly("ended", "ended");
        assertThat(box.isEmpty()).isTrue();
    }

    // ---- forward ----

    @Test
    void commandsAreRunByWhoForwardsAndTasksBySomebodyElse() throws Exception {
        FutureTask<Thread> task = new FutureTask<>(Thread::currentThread);
        FutureTask<Thread> command = new FutureTask<>(Thread::currentThread);
        mailbox.add(task);
        mailbox.add((Mailbox.Command) command::run);
        mailbox.forward();

        assertThat(command.isDone()).isTrue();
        assertThat(command.get()).isSameAs(Thread.currentThread());
        assertThat(task.get()).isNotSameAs(Thread.currentThread());
        assertThat(task.get().getName()).startsWith("ringpark-afterlife");
        assertThat(mailbox.isEmpty()).isTrue();
    }

    @Test
    void whatACommandMailsAndForwardsIsNotRunWithinIt() {
        mailbox.add((Mailbox.Command) () -> {
            mailbox.add(command("mailed by a command"));
            mailbox.forward();
            done.add("command");
        });
        mailbox.forward();

        assertThat(done).containsExactly("command", "mailed by a command");
        assertThat(mailbox.isEmpty()).isTrue();
    }

    @Test
    void aCommandThatThrowsIsReportedAndHoldsUpNoOther() throws Exception {
        IllegalStateException thrown = new IllegalStateException("on purpose");
        List<Throwable> reported = new ArrayList<>();
        mailbox.add((Mailbox.Command) () -> {
            throw thrown;
        });
        mailbox.add(command("next"));
        Thread forwarding = Thread.ofPlatform().uncaughtExceptionHandler((thread, e) -> reported.add(e))
                .start(mailbox::forward);
        forwarding.join();

        assertThat(reported).containsExactly(thrown);
        assertThat(done).containsExactly("next");
        mailbox.add(command("still forwarded"));
        mailbox.forward();
        assertThat(done).containsExactly("next", "still forwarded");
    }

    @Test
    void aHandlerThatThrowsWhatItIsGivenHoldsUpNoOther() throws Exception {
        mailbox.add((Mailbox.Command) () -> {
            throw new IllegalStateException("on purpose");
        });
        mailbox.add(command("next"));
        Thread forwarding = Thread.ofPlatform().uncaughtExceptionHandler((thread, e) -> {
            throw (IllegalStateException) e;
        }).start(mailbox::forward);
        forwarding.join();

        assertThat(done).containsExactly("next");
    }

    /** Nobody looks into the box again: what the last sender leaves there is lost. */
    @Test
    void eachItemOfManySendersIsForwardedExactlyOnceAndCommandsOneAtATime() throws Exception {
        for (int round = 0; round < 50; round++) {
            Senders senders = new Senders(6, 400);
            senders.send();
            senders.check();
        }
    }

    /** One item each, as only the last one that comes can be left behind: a later sender would take it along. */
    @Test
    void nothingStaysBehindWhenTwoForwardAtTheSameTime() throws Exception {
        Rounds rounds = new Rounds();
        FutureTask<Void> other = new FutureTask<>(() -> rounds.play(1), null);
        Thread.ofPlatform().daemon().start(other);
        rounds.play(0);
        other.get();

        assertThat(rounds.leftBehind.get()).isZero();
        assertThat(rounds.run.get()).isEqualTo(2 * rounds.end).isPositive();
    }

    private Runnable task(String name) {
        return () -> done.add(name);
    }

    private Mailbox.Command command(String name) {
        return () -> done.add(name);
    }

    /**
     * Two players who mail and forward as close together as can be, round by round. They meet at once if each has a
     * processor to itself; on a busy machine a meeting takes as long as one of them has to wait for his.
     */
    private static final class Rounds {
        private static final int MOST = 100_000;
        private static final long LONGEST_NANOS = 10_000_000_000L;

        final AtomicInteger run = new AtomicInteger();
        final AtomicInteger leftBehind = new AtomicInteger();
        private final Mailbox mailbox = new Mailbox(handle -> { });
        private final AtomicInteger steps = new AtomicInteger();
        private final long startNanos = System.nanoTime();
        private volatile int end = MOST;   // set before the meeting of the first round that is not played

        void play(int player) {
            for (int round = 0; ; round++) {
                if (player == 0 && System.nanoTime() - startNanos > LONGEST_NANOS) {
                    end = Math.min(round, MOST);
                }
                meet(4 * round + 2);
                if (round == end) {
                    return;
                }
                delay(player == 0 ? 100 : round % 200);   // so that one comes into every part of what the other does
                mailbox.add((Mailbox.Command) run::incrementAndGet);
                mailbox.forward();
                meet(4 * round + 4);
                if (player == 0 && !mailbox.isEmpty()) {
                    leftBehind.incrementAndGet();
                    mailbox.forward();
                }
            }
        }

        @SuppressWarnings("ThreadPriorityCheck")   // gives way to the one it waits for
        private void meet(int step) {
            steps.incrementAndGet();
            for (int spins = 1; steps.get() < step; spins++) {
                if (spins % 2000 == 0) {
                    Thread.yield();
                }
            }
        }

        /** A few clock cycles each, which onSpinWait is too coarse for. */
        private void delay(int times) {
            for (int i = 0; i < times; i++) {
                steps.getOpaque();
            }
        }
    }

    /** Threads that mail and forward at the same time, as those do that outlive their loop. */
    private static final class Senders {
        private final Mailbox mailbox = new Mailbox(handle -> { });
        private final int threads;
        private final int items;
        private final AtomicIntegerArray runs;
        private final CountDownLatch tasks;
        private final CyclicBarrier start;
        private final AtomicInteger inCommand = new AtomicInteger();
        private final AtomicInteger overlaps = new AtomicInteger();
        private final AtomicInteger outOfOrder = new AtomicInteger();
        private final int[] lastCommand;   // of each sender; one command at a time, or overlaps says so

        Senders(int threads, int items) {
            this.threads = threads;
            this.items = items;
            runs = new AtomicIntegerArray(threads * items);
            tasks = new CountDownLatch(threads * items / 2);
            start = new CyclicBarrier(threads);
            lastCommand = new int[threads];
        }

        void send() throws Exception {
            List<FutureTask<Void>> all = new ArrayList<>();
            for (int sender = 0; sender < threads; sender++) {
                int number = sender;
                FutureTask<Void> each = new FutureTask<>(() -> send(number));
                Thread.ofPlatform().daemon().start(each);
                all.add(each);
            }
            for (FutureTask<Void> each : all) {
                each.get();
            }
        }

        private Void send(int sender) throws Exception {
            start.await();
            for (int i = 0; i < items; i += 2) {
                int item = i;
                mailbox.add((Mailbox.Command) () -> runCommand(sender, item));
                mailbox.forward();
                mailbox.add(() -> runTask(sender, item + 1));
                mailbox.forward();
            }
            return null;
        }

        private void runCommand(int sender, int item) {
            if (inCommand.getAndIncrement() != 0) {
                overlaps.incrementAndGet();
            }
            if (item != 0 && lastCommand[sender] != item - 2) {
                outOfOrder.incrementAndGet();
            }
            lastCommand[sender] = item;
            runs.incrementAndGet(sender * items + item);
            inCommand.decrementAndGet();
        }

        private void runTask(int sender, int item) {
            runs.incrementAndGet(sender * items + item);
            tasks.countDown();
        }

        void check() throws InterruptedException {
            assertThat(mailbox.isEmpty()).isTrue();
            tasks.await();
            for (int i = 0; i < runs.length(); i++) {
                assertThat(runs.get(i)).as("item %d", i).isEqualTo(1);
            }
            assertThat(overlaps.get()).isZero();
            assertThat(outOfOrder.get()).isZero();
        }
    }
}
