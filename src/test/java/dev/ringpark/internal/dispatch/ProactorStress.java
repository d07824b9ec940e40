package dev.ringpark.internal.dispatch;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.op.Descriptor.Entry;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * What callers do with a descriptor and its operations while the loop ends or closes them, and twins. What runs these
 * is {@code ProtocolsTest}.
 */
public final class ProactorStress {
    private ProactorStress() {}

    /** A step that takes its time: the others may come in between. */
    private static void pause() {
        for (int i = 0; i < 50; i++) {
            Thread.onSpinWait();
        }
    }

    /** A proactor, what callers have mailed it, and a handle that it may close. */
    abstract static class Desk {
        final Proactor proactor;
        final FakeBackend backend;
        final FakeHandle handle = new FakeHandle();
        final ConcurrentLinkedQueue<Runnable> mail = new ConcurrentLinkedQueue<>();

        Desk() {
            try {
                proactor = new Proactor((inFlight, completions, same) -> new FakeBackend(inFlight, completions), 4,
                        new Counters(), thread -> { });
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            backend = (FakeBackend) proactor.backend();
        }

        final void deliver() {
            for (Runnable next = mail.poll(); next != null; next = mail.poll()) {
                next.run();
            }
        }

        final void poll() {
            try {
                proactor.poll(0);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    // ---- the owner of an accept deserts in the moment of its completion: whose the connection is ----

    @JCStressTest
    @State
    @Outcome(id = {"1, 0", "0, 1"}, expect = ACCEPTABLE, desc = "the loop closes the connection, or the owner has it")
    @Outcome(expect = FORBIDDEN, desc = "nobody has it, or both")
    public static class DesertionAgainstCompletion extends Desk {
        private final Operation accept = handle.operation(Handle.READING);

        public DesertionAgainstCompletion() {
            accept.beginAccept(Moment.NONE);
            proactor.submit(accept);
            accept.succeed(new FakeHandle());
            backend.succeed(accept, 0);
        }

        @Actor
        public void loop(II_Result result) {
            poll();
            result.r1 = backend.released.size();
        }

        @Actor
        public void owner(II_Result result) {
            result.r2 = accept.desert() ? 0 : 1;
        }
    }

    /** Notes its desertion where the loop may have looked already. */
    @JCStressTest
    @State
    @Outcome(id = {"1, 0", "0, 1"}, expect = ACCEPTABLE, desc = "the loop closes the connection, or the owner has it")
    @Outcome(expect = FORBIDDEN, desc = "nobody has it, or both")
    public static class DesertionAgainstCompletionTwinLeavesANote {
        private volatile boolean deserted;
        private volatile boolean done;

        @Actor
        public void loop(II_Result result) {
            result.r1 = deserted ? 1 : 0;
            pause();
            done = true;
        }

        @Actor
        public void owner(II_Result result) {
            boolean served = done;
            deserted = true;
            result.r2 = served ? 1 : 0;
        }
    }

    // ---- an operation is on its way while its handle is closed ----

    /** First result: whether the owner got in. Second: 1 if its operation has ended. Third: how often it was closed. */
    abstract static class Submission extends Desk {
        private @Nullable Operation read;

        /** What the owner mails. */
        abstract void takeIn(Operation operation);

        final void submit(III_Result result) {
            if (handle.enter(Handle.READING, Moment.NONE, deadlineNanos -> { }) == Entry.ENTERED) {
                Operation operation = handle.operation(Handle.READING);
                operation.beginTransfer(Kind.READ, new byte[1], 0, 1, Moment.NONE);
                read = operation;
                pause();
                mail.add(() -> takeIn(operation));
                result.r1 = 1;
            }
        }

        final void close() {
            Operation close = new Operation(handle);
            close.beginClose();
            deliver();
            handle.startClosing();
            deliver();
            proactor.submit(close);
            deliver();
        }

        final void end(III_Result result) {
            deliver();
            backend.endAllCanceled();
            poll();
            result.r2 = read != null && read.isDone() ? 1 : 0;
            result.r3 = backend.released.size();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 0, 1", "1, 1, 1"}, expect = ACCEPTABLE, desc = "refused, or ended before its handle")
    @Outcome(expect = FORBIDDEN, desc = "left with a descriptor that has gone")
    public static class SubmissionAgainstClose extends Submission {
        @Override
        void takeIn(Operation operation) {
            proactor.submit(operation);
        }

        @Actor
        public void owner(III_Result result) {
            submit(result);
        }

        @Actor
        public void loop() {
            close();
        }

        @Arbiter
        public void afterwards(III_Result result) {
            end(result);
        }
    }

    /** Takes in what got in at the door, without a look whether the handle has been closed since. */
    @JCStressTest
    @State
    @Outcome(id = {"0, 0, 1", "1, 1, 1"}, expect = ACCEPTABLE, desc = "refused, or ended before its handle")
    @Outcome(expect = FORBIDDEN, desc = "left with a descriptor that has gone")
    public static class SubmissionAgainstCloseTwinTrustsTheDoor extends Submission {
        @Override
        void takeIn(Operation operation) {
            operation.admit();
            backend.inFlight.admit(operation);
            backend.submit(operation);
        }

        @Actor
        public void owner(III_Result result) {
            submit(result);
        }

        @Actor
        public void loop() {
            close();
        }

        @Arbiter
        public void afterwards(III_Result result) {
            end(result);
        }
    }

    // ---- a plain call is under way while its handle is closed: the last user closes ----

    /**
     * First result: 0 if the call was refused, 1 if it found the descriptor, 2 if it met one that has gone. Second: how
     * often it was closed. Third: 1 if the close was answered.
     */
    abstract static class Use extends Desk {
        private final Operation close = new Operation(handle);
        private volatile boolean gone;

        final void use(III_Result result) {
            pause();
            result.r1 = gone ? 2 : 1;
        }

        final void close() {
            close.beginClose();
            proactor.submit(close);
            gone = handle.isClosed();
            deliver();
            gone = handle.isClosed();
        }

        final void end(III_Result result) {
            deliver();
            result.r2 = backend.released.size();
            result.r3 = close.isDone() ? 1 : 0;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 1, 1", "1, 1, 1"}, expect = ACCEPTABLE, desc = "refused, or served; closed once by the last")
    @Outcome(expect = FORBIDDEN, desc = "used when it had gone, or never closed, or twice")
    public static class CallAgainstClose extends Use {
        @Actor
        public void caller(III_Result result) {
            if (handle.beginCall()) {
                use(result);
                if (handle.endCall()) {
                    mail.add(() -> proactor.finishClosing(handle));
                }
            }
        }

        @Actor
        public void loop() {
            close();
        }

        @Arbiter
        public void afterwards(III_Result result) {
            end(result);
        }
    }

    /** Looks whether the handle is open, and does not count itself in. */
    @JCStressTest
    @State
    @Outcome(id = {"0, 1, 1", "1, 1, 1"}, expect = ACCEPTABLE, desc = "refused, or served; closed once by the last")
    @Outcome(expect = FORBIDDEN, desc = "used when it had gone, or never closed, or twice")
    public static class CallAgainstCloseTwinDoesNotCount extends Use {
        @Actor
        public void caller(III_Result result) {
            if (handle.isOpen()) {
                use(result);
            }
        }

        @Actor
        public void loop() {
            close();
        }

        @Arbiter
        public void afterwards(III_Result result) {
            end(result);
        }
    }

    /** Looks whether a close waits for it, and then counts itself out. */
    @JCStressTest
    @State
    @Outcome(id = {"0, 1, 1", "1, 1, 1"}, expect = ACCEPTABLE, desc = "refused, or served; closed once by the last")
    @Outcome(expect = FORBIDDEN, desc = "used when it had gone, or never closed, or twice")
    public static class CallAgainstCloseTwinLooksTooEarly extends Use {
        @Actor
        public void caller(III_Result result) {
            if (handle.beginCall()) {
                boolean isAwaited = !handle.isOpen();
                use(result);
                handle.endCall();
                if (isAwaited) {
                    mail.add(() -> proactor.finishClosing(handle));
                }
            }
        }

        @Actor
        public void loop() {
            close();
        }

        @Arbiter
        public void afterwards(III_Result result) {
            end(result);
        }
    }
}
