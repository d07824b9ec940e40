package dev.ringpark.bench.jmh;

import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.dispatch.Request;
import dev.ringpark.internal.op.Deadlines;
import dev.ringpark.internal.op.Timer;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A keeper of timers, and how it is asked. A timer that fires counts itself. */
interface Timers extends AutoCloseable {
    String LOOP = "loop";
    String DISPATCHER = "dispatcher";
    String NETTY = "netty";
    String JDK = "jdk";

    /** By the name used as a benchmark's parameter. */
    static Timers named(String name) {
        return switch (name) {
            case LOOP -> new LoopTimers();
            case DISPATCHER -> new DispatcherTimers();
            case NETTY -> new NettyTimers();
            case JDK -> new JdkTimers();
            default -> throw new IllegalArgumentException("no timers " + name);
        };
    }

    /** Starts a timer; what it is cancelled by. */
    Object start(long delayNanos);

    void cancel(Object timer);

    /** Waits until {@code count} have fired since the last time. */
    void awaitFired(int count);

    @Override
    void close();

    /**
     * What a loop has: its heap, used by one thread, as the loop is the one that starts, cancels and fires. The way of
     * a request to the loop is that of every call, and not measured here.
     */
    final class LoopTimers implements Timers {
        private final Deadlines deadlines = new Deadlines();
        private int fired;

        private final class Counting extends Timer {
            @Override
            public void fire() {
                fired++;
            }
        }

        @Override
        public Object start(long delayNanos) {
            Counting timer = new Counting();
            timer.deadlineNanos(Timer.after(delayNanos));
            deadlines.add(timer);
            return timer;
        }

        @Override
        public void cancel(Object timer) {
            deadlines.remove((Counting) timer);
        }

        @Override
        public void awaitFired(int count) {
            while (fired < count) {
                long now = System.nanoTime();
                for (var due = deadlines.pollDue(now); due != null; due = deadlines.pollDue(now)) {
                    ((Counting) due).fire();
                }
            }
            fired = 0;
        }

        @Override
        public void close() {}
    }

    /** Requests of a dispatcher, as its users make them: each has its callback, also if it is cancelled. */
    final class DispatcherTimers implements Timers {
        private static final int MOST_UNTOLD = 1_000;   // callbacks that wait for a turn

        private final Dispatcher dispatcher;
        private int untold;
        private int fired;

        DispatcherTimers() {
            try {
                dispatcher = Dispatcher.open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void ended(Request<?> timeout) {
            if (timeout.failure() == null) {
                fired++;
            }
        }

        @Override
        public Object start(long delayNanos) {
            return dispatcher.timeout(Duration.ofNanos(delayNanos), this::ended);
        }

        @Override
        public void cancel(Object timer) {
            dispatcher.cancel((Request<?>) timer);
            if (++untold == MOST_UNTOLD) {
                untold = 0;
                turn();
            }
        }

        private void turn() {
            try {
                dispatcher.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void awaitFired(int count) {
            while (fired < count) {
                turn();
            }
            fired = 0;
        }

        @Override
        public void close() {
            try {
                dispatcher.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Netty's wheel, with a tick of a millisecond and a slot for each hundred or so of a million timers. */
    final class NettyTimers implements Timers {
        private static final int SLOTS = 8192;

        private final HashedWheelTimer wheel =
                new HashedWheelTimer(Thread.ofPlatform().daemon().factory(), 1, TimeUnit.MILLISECONDS, SLOTS, false);
        private final AtomicInteger fired = new AtomicInteger();
        private final TimerTask task = _ -> fired.incrementAndGet();

        @Override
        public Object start(long delayNanos) {
            return wheel.newTimeout(task, delayNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void cancel(Object timer) {
            ((Timeout) timer).cancel();
        }

        @Override
        public void awaitFired(int count) {
            Timers.await(fired, count);
        }

        @Override
        public void close() {
            wheel.stop();
        }
    }

    /** The JDK's, with one thread, and taking out what is cancelled, as the others do. */
    final class JdkTimers implements Timers {
        private final ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().factory());
        private final AtomicInteger fired = new AtomicInteger();
        private final Runnable task = fired::incrementAndGet;

        JdkTimers() {
            executor.setRemoveOnCancelPolicy(true);
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // it is what the timer is cancelled by
        public Object start(long delayNanos) {
            return executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void cancel(Object timer) {
            ((Future<?>) timer).cancel(false);
        }

        @Override
        public void awaitFired(int count) {
            Timers.await(fired, count);
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }

    private static void await(AtomicInteger fired, int count) {
        while (fired.get() < count) {
            LockSupport.parkNanos(50_000);
        }
        fired.set(0);
    }
}
