package dev.ringpark;

import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Operation;

/**
 * A request that one use of an operation end early. By the time the loop has it, that use may be over, and the
 * operation another thread's, whose request came a shorter way: so it says which use it means.
 */
record Cancel(Dispatcher dispatcher, Operation operation, int use, CancelReason reason) implements Mailbox.Command {
    @Override
    public void run() {
        if (operation.use() == use) {
            dispatcher.cancel(operation, reason);
        }
    }
}
