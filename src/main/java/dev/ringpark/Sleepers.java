package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import java.nio.channels.AsynchronousCloseException;
import org.jspecify.annotations.Nullable;

/**
 * The threads, whosever they are, that sleep by the timers of a loop: its close wakes them.
 *
 * <p>The list is the loop's: it takes a sleeper in with its timer, and out when that fires or is taken back. Once the
 * loop has left, nobody comes in any more; what the afterlife fires stays in, and is passed over.
 */
final class Sleepers {
    private final LoopDoor door;
    private final Parking parking;
    private @Nullable Sleeper first;   // loop thread only
    private boolean ended;             // loop thread only

    Sleepers(LoopDoor door, Parking parking) {
        this.door = door;
        this.parking = parking;
        Threads.load(Sleeper.class);   // who finds no descriptor sleeps a while
    }

    /**
     * Parks the caller for {@code nanos}, and no less.
     *
     * @throws InterruptedException if it is interrupted before or meanwhile; the status is cleared
     * @throws AsynchronousCloseException if the loop closes meanwhile
     */
    void sleep(long nanos) throws InterruptedException, AsynchronousCloseException {
        requireNotInterrupted();
        Sleeper sleeper = new Sleeper(Moment.afterAtMost(nanos));
        sleeper.start();
        try {
            while (!sleeper.isOver()) {
                parking.parkUntil(Moment.NONE);
                requireNotInterrupted();
            }
        } finally {
            sleeper.cancel();   // unless it has fired
        }
        if (sleeper.loopCloses) {
            throw new AsynchronousCloseException();
        }
    }

    private static void requireNotInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Wakes them all, and from then on whoever comes. Any thread, any number of times. */
    void close() {
        door.mail((Mailbox.Command) this::end);
    }

    private void end() {
        ended = true;
        for (Sleeper each = first; each != null; each = first) {
            remove(each);
            each.end();
        }
    }

    private void add(Sleeper sleeper) {
        sleeper.next = first;
        if (first != null) {
            first.previous = sleeper;
        }
        first = sleeper;
    }

    /** Nothing happens if it is not in. */
    private void remove(Sleeper sleeper) {
        if (sleeper.next != null) {
            sleeper.next.previous = sleeper.previous;
        }
        if (sleeper.previous != null) {
            sleeper.previous.next = sleeper.next;
        } else if (first == sleeper) {
            first = sleeper.next;
        }
        sleeper.previous = null;
        sleeper.next = null;
    }

    /** One of them: a link of the list, and the timer that wakes it. */
    private final class Sleeper extends LoopTimer {
        private final Thread thread = Thread.currentThread();
        private boolean loopCloses;            // published by isOver()
        private @Nullable Sleeper previous;
        private @Nullable Sleeper next;

        Sleeper(long deadlineNanos) {
            super(door, deadlineNanos);
        }

        @Override
        public void run() {
            if (ended) {
                end();
                return;
            }
            if (isOver()) {
                remove(this);
            } else {
                add(this);
            }
            super.run();
        }

        @Override
        void ring() {
            if (door.isOnLoop()) {
                remove(this);
            }
            door.unpark(thread);
        }

        /** Wakes it before its time; its timer may stay where it is, as it is over. */
        void end() {
            loopCloses = true;
            fire();
        }
    }
}
