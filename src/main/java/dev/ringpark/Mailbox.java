package dev.ringpark;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What other threads have for the loop: commands, which it runs as soon as it sees them, and tasks, which take their
 * place among those that can run. Lock-free, so that nobody ever waits here in front of the loop.
 */
final class Mailbox {
    private static final int MOST_A_TURN = 4096;   // so that busy senders cannot keep the loop from its I/O

    /** A request to the loop itself. */
    interface Command extends Runnable {}

    private final ConcurrentLinkedQueue<Runnable> items = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean forwarding = new AtomicBoolean();

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** Any thread. */
    void add(Runnable item) {
        items.add(item);
    }

    /** Runs the commands and queues the tasks, a turn's worth of them; the rest keeps. Loop thread only. */
    void deliver(RunQueue ready) {
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
        while (!items.isEmpty() && forwarding.compareAndSet(false, true)) {
            try {
                forwardAll();
            } finally {
                forwarding.set(false);
            }
        }
    }

    private void forwardAll() {
        for (Runnable item = items.poll(); item != null; item = items.poll()) {
            if (item instanceof Command) {
                Threads.runGuarded(item);
            } else {
                Afterlife.execute(item);
            }
        }
    }
}
