package dev.ringpark;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a loop does not come round, because a thread it carries computes or blocks without parking. One daemon
 * thread for all loops of the process, there while one is watched.
 *
 * <pre>
 * the loop ...   | does                                          | and the watchdog
 * ---------------+-----------------------------------------------+----------------------------------------------
 * begins a turn  | notes when: one opaque store                  | looks when that turn will have been too long
 * goes to sleep  | announces it at its gate, as it does for mail | dozes without limit if all loops sleep: says
 *                |                                               | so, THEN looks at each gate
 * has slept      | notes its turn, says so at its gate, THEN     | rests for the threshold, whatever happens, and
 *                | looks whether the watchdog dozes; rouses it   | then looks
 * sleeps         | nothing                                       | nothing
 * </pre>
 *
 * Announce, then look, on both sides: either the watchdog sees a loop awake or that loop rouses it. As it rests after
 * it was roused, that happens once in a threshold at most, however often loops wake. Clock, gate, turn, in this order:
 * so a turn that led into a sleep is never taken for a long one ({@link LoopWatch#count}).
 */
final class Watchdog {
    static final Watchdog SHARED = new Watchdog();

    private final Set<LoopWatch> watched = ConcurrentHashMap.newKeySet();
    private volatile boolean dozing;
    private volatile @Nullable Thread thread;   // there while somebody is watched

    /** Looks at {@code watch} from now on, if it is wanted. */
    synchronized void add(LoopWatch watch) {
        if (watch.isWanted()) {
            watched.add(watch);
            Threads.runGuarded(this::start);   // if there is no thread left for it, nobody looks
        }
    }

    private void start() {
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("ringpark-watchdog").start(this::run);
        } else {
            wake();
        }
    }

    synchronized void remove(LoopWatch watch) {
        if (watched.remove(watch)) {
            wake();
        }
    }

    /** Ends a doze: the loop of {@code watch} has slept, and has said at its gate that it does no more. No lock. */
    void rouse(LoopWatch watch) {
        if (watch.isWanted() && dozing) {
            wake();
        }
    }

    private void wake() {
        dozing = false;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (isNeeded()) {
            Threads.runGuarded(this::round);
        }
    }

    private void round() {
        doze();
        LockSupport.parkNanos(this, pauseNanos());
        look();
    }

    private synchronized boolean isNeeded() {
        if (watched.isEmpty()) {
            thread = null;   // the next one that is added gets another
        }
        return !watched.isEmpty();
    }

    /** Until a loop wakes up; returns at once if one is awake. */
    private void doze() {
        dozing = true;
        while (dozing && !watched.isEmpty() && watched.stream().allMatch(LoopWatch::isAsleep)) {
            LockSupport.park(this);
        }
        dozing = false;
    }

    private long pauseNanos() {
        long now = System.nanoTime();
        return watched.stream().mapToLong(watch -> watch.pauseNanos(now)).min().orElse(0);
    }

    private void look() {
        long now = System.nanoTime();
        for (LoopWatch watch : watched) {
            if (watch.count(now)) {
                Threads.runGuarded(() -> StallReport.log(watch));   // whatever the logger throws
            }
        }
    }
}
