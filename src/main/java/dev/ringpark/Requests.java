package dev.ringpark;

import dev.ringpark.internal.dispatch.Proactor;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.OperationQueue;

/**
 * What the threads a loop carries ask of it. They only leave it here, in one step each, and the loop takes it in on its
 * own stack: a thread that runs out of stack in the middle of its call so never leaves the proactor half way through.
 * Loop thread only.
 */
final class Requests {
    private final OperationQueue operations = new OperationQueue();
    private final RunQueue commands = new RunQueue();

    boolean isEmpty() {
        return operations.isEmpty() && commands.isEmpty();
    }

    void submit(Operation operation) {
        operations.add(operation);
    }

    void add(Mailbox.Command command) {
        commands.add(command);
    }

    /** Has {@code proactor} do what was asked; operations first, as a command may cancel one. */
    void takeIn(Proactor proactor) {
        for (Operation next = operations.poll(); next != null; next = operations.poll()) {
            proactor.take(next);
        }
        for (Runnable next = commands.poll(); next != null; next = commands.poll()) {
            next.run();
        }
    }
}
