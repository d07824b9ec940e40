package dev.ringpark.internal.backend;

import java.io.IOException;

/** A backend cannot be had on this machine. The message is the reason in words and, where there is one, the cure. */
public final class BackendUnavailableException extends IOException {
    private static final long serialVersionUID = 1;

    public BackendUnavailableException(String reason) {
        super(reason);
    }

    public BackendUnavailableException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
