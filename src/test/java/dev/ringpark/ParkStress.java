package dev.ringpark;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.jdk.VirtualThreads;
import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.op.Wakeup;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A virtual thread parks, or cannot as it is pinned, while it is unparked from elsewhere; and twins. What runs these is
 * {@code ProtocolsTest}.
 */
public final class ParkStress {
    private static final int LOOKS = 500;   // of a carrier that finds nothing to run

    private ParkStress() {}

    /** A step that takes its time: what a twin does in the wrong order, it does not do too quickly to be seen. */
    private static void pause() {
        for (int i = 0; i < 50; i++) {
            Thread.onSpinWait();
        }
    }

    // ---- a carried thread parks while what it waits for comes ----

    /** A virtual thread whose carrier is whoever calls {@link #carry}; one that is lost is in nobody's queue. */
    abstract static class Carried {
        private final ConcurrentLinkedQueue<Runnable> ready = new ConcurrentLinkedQueue<>();
        private volatile boolean wentOn;

        /** Begins {@code body}, which yields where the race begins. */
        final Thread start(Runnable body) {
            Thread started = VirtualThreads.builder(ready::add).start(() -> {
                body.run();
                wentOn = true;
            });
            Objects.requireNonNull(ready.poll()).run();
            return started;
        }

        final void carry() {
            for (int looks = 0; looks < LOOKS && !wentOn; looks++) {
                Runnable next = ready.poll();
                if (next != null) {
                    next.run();
                }
            }
        }

        final void end(I_Result result) {
            carry();
            result.r1 = wentOn ? 1 : 0;
        }
    }

    /** The one that waits for an operation. */
    abstract static class Waiting extends Carried {
        final Operation operation = new Operation(new Descriptor() { });

        @SuppressWarnings("ThreadPriorityCheck")   // gives the constructor back to its thread
        Waiting() {
            start(() -> {
                operation.beginTransfer(Kind.READ, new byte[1], 0, 1, Moment.NONE);
                Thread.yield();
                while (!operation.isDone()) {
                    VirtualThreads.park(Thread.currentThread());
                }
            });
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the thread goes on")
    @Outcome(expect = FORBIDDEN, desc = "it sleeps on its result")
    public static class ParkAgainstCompletion extends Waiting {
        @Actor
        public void carrier() {
            carry();
        }

        @Actor
        public void loop() {
            Wakeup.unpark((Thread) Objects.requireNonNull(operation.finish()));
        }

        @Arbiter
        public void afterwards(I_Result result) {
            end(result);
        }
    }

    /** Unparks the owner, and then says why. */
    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the thread goes on")
    @Outcome(expect = FORBIDDEN, desc = "it sleeps on its result")
    public static class ParkAgainstCompletionTwinUnparksFirst extends Waiting {
        @Actor
        public void carrier() {
            carry();
        }

        @Actor
        public void loop() {
            Wakeup.unpark(Objects.requireNonNull(operation.owner()));
            pause();
            operation.finish();
        }

        @Arbiter
        public void afterwards(I_Result result) {
            end(result);
        }
    }

    // ---- a carried thread waits for its turn while that is given on ----

    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the thread has its turn")
    @Outcome(expect = FORBIDDEN, desc = "it waits, and nobody has the turn")
    public static class WaitAgainstExit extends Carried {
        private final Descriptor descriptor = new Descriptor() { };

        @SuppressWarnings("ThreadPriorityCheck")   // gives the constructor back to its thread
        public WaitAgainstExit() {
            descriptor.enter(Descriptor.READING, Moment.NONE, deadlineNanos -> { });
            start(() -> {
                Thread.yield();
                descriptor.enter(Descriptor.READING, Moment.NONE,
                        deadlineNanos -> VirtualThreads.park(Thread.currentThread()));
            });
        }

        @Actor
        public void carrier() {
            carry();
        }

        @Actor
        public void holder() {
            descriptor.exit(Descriptor.READING);
        }

        @Arbiter
        public void afterwards(I_Result result) {
            end(result);
        }
    }

    /** Looks who waits, and then gives the turn back. */
    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the thread has its turn")
    @Outcome(expect = FORBIDDEN, desc = "it waits, and nobody has the turn")
    public static class WaitAgainstExitTwinLooksFirst extends Carried {
        private final AtomicBoolean taken = new AtomicBoolean(true);
        private final ConcurrentLinkedQueue<Thread> waiters = new ConcurrentLinkedQueue<>();

        @SuppressWarnings("ThreadPriorityCheck")   // gives the constructor back to its thread
        public WaitAgainstExitTwinLooksFirst() {
            start(() -> {
                Thread.yield();
                waiters.add(Thread.currentThread());
                while (!taken.compareAndSet(false, true)) {
                    VirtualThreads.park(Thread.currentThread());
                }
            });
        }

        @Actor
        public void carrier() {
            carry();
        }

        @Actor
        public void holder() {
            waiters.forEach(Wakeup::unpark);
            pause();
            taken.set(false);
        }

        @Arbiter
        public void afterwards(I_Result result) {
            end(result);
        }
    }

    // ---- a pinned thread drives its loop while others unpark it ----

    /** A real loop, with one thread that cannot leave it. The result: whether its call was over when it left. */
    abstract static class Pinned {
        private static final LoopOptions OPTIONS = LoopOptions.defaults().withStallAfter(Duration.ZERO);

        private volatile @Nullable Operation asked;
        private @Nullable Thread pinned;
        private @Nullable LoopEngine engine;

        /** What the thread does with its operation. */
        abstract void call(LoopEngine engine, Operation operation);

        final void live(I_Result result) {
            try {
                LoopEngine made = new LoopEngine(ScriptedBackend::new, true, OPTIONS, new Counters());
                engine = made;
                VirtualThreads.builder(new LoopScheduler(made.door())).start(() -> use(made, result));
                made.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void use(LoopEngine made, I_Result result) {
            Operation read = EngineRig.begin(((ScriptedBackend) made.backend()).openSocket(SocketType.STREAM, null));
            pinned = Thread.currentThread();
            Pin.set();
            try {
                asked = read;
                call(made, read);
                result.r1 = read.isDone() ? 1 : 0;
            } finally {
                Pin.lift();
            }
            made.stop();
        }

        final void unparkAndComplete() {
            Operation read = asked;
            while (read == null) {
                Thread.onSpinWait();
                read = asked;
            }
            LockSupport.unpark(pinned);
            ScriptedBackend backend = (ScriptedBackend) Objects.requireNonNull(engine).backend();
            while (backend.submitted.isEmpty()) {
                Thread.onSpinWait();
            }
            LockSupport.unpark(pinned);
            backend.end(read, 1);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "it leaves when its operation is done")
    @Outcome(expect = FORBIDDEN, desc = "it leaves before, and the memory is still the kernel's")
    public static class PinnedCallAgainstUnpark extends Pinned {
        @Override
        void call(LoopEngine engine, Operation operation) {
            new Parking(engine).submitAndPark(operation);
        }

        @Actor
        public void loop(I_Result result) {
            live(result);
        }

        @Actor
        public void others() {
            unparkAndComplete();
        }
    }

    /** Takes whatever unparks it for its completion. */
    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "it leaves when its operation is done")
    @Outcome(expect = FORBIDDEN, desc = "it leaves before, and the memory is still the kernel's")
    public static class PinnedCallAgainstUnparkTwinBelievesIt extends Pinned {
        @Override
        void call(LoopEngine engine, Operation operation) {
            engine.door().submitAll(List.of(operation));
            new Parking(engine).parkUntil(Moment.NONE);
        }

        @Actor
        public void loop(I_Result result) {
            live(result);
        }

        @Actor
        public void others() {
            unparkAndComplete();
        }
    }

    /** Keeps a virtual thread on its carrier, as a native frame would, and without one: the JDK's own counter of it. */
    private static final class Pin {
        private static final MethodHandle SET = continuation("pin");
        private static final MethodHandle LIFT = continuation("unpin");

        private static MethodHandle continuation(String name) {
            try {
                return MethodHandles.lookup().findStatic(Class.forName("jdk.internal.vm.Continuation"), name,
                        MethodType.methodType(void.class));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("no " + name, e);
            }
        }

        static void set() {
            call(SET);
        }

        static void lift() {
            call(LIFT);
        }

        private static void call(MethodHandle handle) {
            try {
                handle.invokeExact();
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }
}
