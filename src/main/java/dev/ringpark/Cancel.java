package dev.ringpark;

import dev.ringpark.internal.dispatch.Proactor;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Operation;

/**
 * A request that one use of an operation end early. By the time the loop has it, that use may be over, and the
 * operation another thread's, whose request came a shorter way: so it says which use it means.
 */
record Cancel(Proactor proactor, Operation operation, int use, CancelReason reason) implements Mailbox.Command {
    @Override
    public void run() {
        if (operation.use() == use) {
            proactor.cancel(operation, reason);
        }
    }
}
