package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of a host. A name is looked up beside the loop: the system's resolver blocks its thread, knows no
 * timeout and hears no interrupt.
 */
final class Names {
    private Names() {}

    /**
     * The addresses, in the resolver's order; at least one.
     *
     * @throws java.net.UnknownHostException as the JDK throws it
     * @throws SocketTimeoutException with {@code timeoutMessage} at {@code deadlineNanos}, or if that is over
     * @throws ClosedByInterruptException if the thread is interrupted before or meanwhile; the status stays set
     * @throws java.nio.channels.AsynchronousCloseException if the loop is closed meanwhile
     */
    static InetAddress[] addresses(CarrierLoop loop, String host, long deadlineNanos, String timeoutMessage)
            throws IOException {
        if (deadlineNanos == Moment.OVER) {
            throw new SocketTimeoutException(timeoutMessage);
        }
        InetAddress literal = literal(host);
        return literal == null
                ? lookUp(loop, host, deadlineNanos, timeoutMessage)
                : new InetAddress[] {literal};
    }

    private static @Nullable InetAddress literal(String host) {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException aName) {
            return null;
        }
    }

    private static InetAddress[] lookUp(CarrierLoop loop, String host, long deadlineNanos, String timeoutMessage)
            throws IOException {
        try {
            return loop.offload(() -> InetAddress.getAllByName(host), deadlineNanos);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (TimeoutException e) {
            throw new SocketTimeoutException(timeoutMessage);
        } catch (Exception interrupted) {
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        }
    }
}
