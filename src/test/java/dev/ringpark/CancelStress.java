package dev.ringpark;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.dispatch.Proactor;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Descriptor.Entry;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import java.io.IOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * An interrupted owner asks for a cancel in the moment of the completion, and a carried thread has the operation next.
 * What runs these is {@code ProtocolsTest}.
 */
public final class CancelStress {
    private static final int TRIES = 2_000;   // of a carried thread, which would park after the first

    private CancelStress() {}

    /** First result: whether the owner has left. Second: 0 if there was no next use, 1 if it is left alone, else 2. */
    abstract static class Uses {
        final Mailbox mailbox = new Mailbox(handle -> { });
        final Proactor proactor;
        final Operation operation;
        private final RunQueue ready = new RunQueue();
        private final Requests requests = new Requests();
        private final Handle handle;
        private boolean isUsedAgain;

        Uses() {
            try {
                proactor = new Proactor(ScriptedBackend::new, 1, new Counters(), thread -> { });
                handle = proactor.backend().openSocket(SocketType.STREAM, null);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            begin();
            operation = handle.operation(Handle.READING);
            proactor.submit(operation);
        }

        private boolean begin() {
            if (handle.enter(Handle.READING, System.nanoTime(), deadlineNanos -> { }) != Entry.ENTERED) {
                return false;
            }
            handle.operation(Handle.READING)
                    .beginTransfer(Kind.READ, new byte[1], 0, 1, Moment.NONE);
            return true;
        }

        /** What the owner mails. */
        abstract Mailbox.Command cancel();

        final void interrupt(II_Result result) {
            mailbox.add(cancel());
            for (int i = 0; i < TRIES; i++) {
                if (operation.isDone()) {
                    operation.reset();
                    handle.exit(Handle.READING);
                    result.r1 = 1;
                    return;
                }
            }
        }

        final void endAndUseAgain() {
            ((ScriptedBackend) proactor.backend()).end(operation, 1);
            poll();
            for (int i = 0; i < TRIES && !isUsedAgain; i++) {
                isUsedAgain = begin();
            }
            if (isUsedAgain) {
                requests.submit(operation);
            }
            requests.takeIn(proactor);
            mailbox.deliver(ready);
        }

        private void poll() {
            try {
                proactor.poll(0);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        final void end(II_Result result) {
            mailbox.deliver(ready);
            result.r2 = !isUsedAgain ? 0 : operation.isCancelAsked() ? 2 : 1;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 0", "1, 0", "1, 1"}, expect = ACCEPTABLE, desc = "the next use is let alone")
    @Outcome(expect = FORBIDDEN, desc = "somebody else's use is cancelled")
    public static class CancelAgainstNextUse extends Uses {
        @Override
        Mailbox.Command cancel() {
            return new Cancel(proactor, operation, operation.use(), CancelReason.INTERRUPT);
        }

        @Actor
        public void owner(II_Result result) {
            interrupt(result);
        }

        @Actor
        public void loop() {
            endAndUseAgain();
        }

        @Arbiter
        public void afterwards(II_Result result) {
            end(result);
        }
    }

    /** Means the operation, whosever it is. */
    @JCStressTest
    @State
    @Outcome(id = {"0, 0", "1, 0", "1, 1"}, expect = ACCEPTABLE, desc = "the next use is let alone")
    @Outcome(expect = FORBIDDEN, desc = "somebody else's use is cancelled")
    public static class CancelAgainstNextUseTwinMeansAnyUse extends Uses {
        @Override
        Mailbox.Command cancel() {
            return () -> proactor.cancel(operation, CancelReason.INTERRUPT);
        }

        @Actor
        public void owner(II_Result result) {
            interrupt(result);
        }

        @Actor
        public void loop() {
            endAndUseAgain();
        }

        @Arbiter
        public void afterwards(II_Result result) {
            end(result);
        }
    }
}
