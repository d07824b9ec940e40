package dev.ringpark.dispatch;

import java.io.IOException;
import java.io.Serial;

/** An operation was cancelled before anything had moved; its socket or file is as it was. */
public final class OperationCanceledException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    OperationCanceledException() {
        super("cancelled");
    }
}
