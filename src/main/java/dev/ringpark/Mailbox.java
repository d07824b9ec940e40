package dev.ringpark;

import dev.ringpark.internal.op.EndedCalls;
import dev.ringpark.internal.op.Resource;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What other threads have for the loop: commands, which it runs as soon as it sees them, and tasks, which take their
 * place among those that can run; and the ends of plain calls that a close waits for, which take no memory. Lock-free,
 * so that nobody ever waits here in front of the loop.
 */
final class Mailbox {
    private static final int MOST_A_TURN = 4096;   // so that busy senders cannot keep the loop from its I/O

    /** A request to the loop itself. */
    interface Command extends Runnable {}

    private final ConcurrentLinkedQueue<Runnable> items = new ConcurrentLinkedQueue<>();
    private final EndedCalls endedCalls = new EndedCalls();
    private final Consumer<Resource> finishClosing;
    private final Runnable finishAll = this::finishAll;   // linked here, as later there may be no stack for it
    private final AtomicBoolean forwarding = new AtomicBoolean();

    /** {@code finishClosing} has the close of a resource go on: it is called as a command is. */
    Mailbox(Consumer<Resource> finishClosing) {
        this.finishClosing = finishClosing;
    }

    boolean isEmpty() {
        return items.isEmpty() && endedCalls.isEmpty();
    }

    /** Any thread. */
    void add(Runnable item) {
        items.add(item);
    }

    /** The last plain call of {@code resource}, which closes, has ended. Any thread; takes no memory. */
    void addEndedCall(Resource resource) {
        endedCalls.add(resource);
    }

    /** Runs the commands and queues the tasks, a turn's worth of them; the rest keeps. Loop thread only. */
    void deliver(RunQueue ready) {
        finishAll();
        for (int left = MOST_A_TURN; left > 0; left--) {
            Runnable item = items.poll();
            if (item == null) {
                return;
            } else if (item instanceof Command) {
                item.run();
            } else {
                ready.add(item);
            }
        }
    }

    /**
     * Does the same for a loop that has ended: commands are run here, tasks in the afterlife. Any thread, one at a
     * time: the commands still need a proactor that nobody else is using.
     */
    void forward() {
        while (!isEmpty() && forwarding.compareAndSet(false, true)) {
            try {
                forwardAll();
            } finally {
                forwarding.set(false);
            }
        }
    }

    private void finishAll() {
        for (Resource next = endedCalls.poll(); next != null; next = endedCalls.poll()) {
            finishClosing.accept(next);
        }
    }

    private void forwardAll() {
        Threads.runGuarded(finishAll);
        for (Runnable item = items.poll(); item != null; item = items.poll()) {
            if (item instanceof Command) {
                Threads.runGuarded(item);
            } else {
                Afterlife.execute(item);
            }
        }
    }
}
