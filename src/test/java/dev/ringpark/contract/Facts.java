package dev.ringpark.contract;

import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.dispatch.Request;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

/** What a program of its own tells of its calls, a line each: what came of it, or the exception. */
final class Facts {
    private Facts() {}

    /** With {@code brief} of an exception's message. */
    static void tell(String what, Callable<?> call, UnaryOperator<String> brief) throws Exception {
        String outcome;
        try {
            outcome = String.valueOf(call.call());
        } catch (IOException e) {
            outcome = e.getClass().getSimpleName() + " " + brief.apply(Objects.requireNonNull(e.getMessage()));
        }
        System.out.println(what + ": " + outcome);
    }

    /** The count of {@code request}, once it has ended. */
    static int ended(Dispatcher dispatcher, Request<?> request) throws IOException {
        dispatcher.run();
        return request.count();
    }
}
