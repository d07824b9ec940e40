package dev.ringpark;

import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.PathErrors;
import dev.ringpark.internal.op.PathRequest;
import dev.ringpark.internal.op.PooledHandle;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How the calls of files and of paths end, in Java's exceptions. */
final class FileWaits {
    private FileWaits() {}

    /** Frees an operation that is done for its next use; throws if it failed. */
    static void end(Operation operation, PooledHandle handle, long transferred, Path path) throws IOException {
        Failure failure = take(operation, handle, transferred);
        if (failure != null) {
            throw FileErrors.of(failure, path);
        }
    }

    /** The same for what was asked of paths. */
    static void end(Operation operation, PooledHandle handle, PathRequest asked) throws IOException {
        Failure failure = take(operation, handle, 0);
        if (failure != null) {
            throw PathErrors.of(failure, asked);
        }
    }

    /** Why it failed, if nobody has asked for that. */
    private static @Nullable Failure take(Operation operation, PooledHandle handle, long transferred)
            throws IOException {
        Failure failure = operation.failure();
        CancelReason reason = operation.cancelReason();
        operation.reset();
        handle.give(operation);
        if (failure == Failure.CANCELED) {
            throw switch (reason) {
                case INTERRUPT -> interrupted(transferred);
                case TIMEOUT -> timedOut(transferred);
                default -> new AsynchronousCloseException();
            };
        }
        return failure;
    }

    /** Whether a call may begin: it throws if not. The moment by which it has to end. */
    static long begin(long transferred) throws InterruptedIOException {
        requireNotInterrupted(transferred);
        return deadline(transferred);
    }

    private static void requireNotInterrupted(long transferred) throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(transferred);
        }
    }

    /** The same for one that an interrupted thread may make: the caller's {@link Deadline}; throws if that is over. */
    static long deadline(long transferred) throws InterruptedIOException {
        long deadlineNanos = Timeouts.deadline(0);
        if (deadlineNanos == Moment.OVER) {
            requireNotInterrupted(transferred);
            throw timedOut(transferred);
        }
        return deadlineNanos;
    }

    static SocketTimeoutException timedOut(long transferred) {
        SocketTimeoutException timedOut = new SocketTimeoutException("the deadline is over");
        timedOut.bytesTransferred = counted(transferred);
        return timedOut;
    }

    private static int counted(long transferred) {
        return (int) Math.min(transferred, Integer.MAX_VALUE);
    }

    /** What a stat has found that is done; null if it has failed, which its end tells. */
    static @Nullable BasicFileAttributes attributes(Operation operation) {
        return operation.failure() == null ? operation.attributes() : null;
    }

    /** The same once that end has told nothing. */
    static BasicFileAttributes requireFound(@Nullable BasicFileAttributes attributes) {
        if (attributes == null) {
            throw new AssertionError("a stat that has not failed has attributes");
        }
        return attributes;
    }

    /** Refuses attributes that no queue tells. */
    static void requireKnown(Class<?> type) {
        if (type != BasicFileAttributes.class && type != PosixFileAttributes.class) {
            throw new UnsupportedOperationException(type.getName() + " not supported");
        }
    }

    static <A extends BasicFileAttributes> A cast(BasicFileAttributes attributes, Class<A> type) {
        requireKnown(type);
        if (!type.isInstance(attributes)) {
            throw new UnsupportedOperationException(type.getName() + " not supported");
        }
        return type.cast(attributes);
    }

    static InterruptedIOException interrupted(long transferred) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted; the file stays open");
        interrupted.bytesTransferred = counted(transferred);
        return interrupted;
    }

    /** What only java.nio can do, beside the loop; given up at the caller's {@link Deadline}. */
    static <T extends @Nullable Object> T offload(CarrierLoop loop, Callable<T> task) throws IOException {
        try {
            return loop.offload(task);
        } catch (UncheckedIOException e) {   // of a stream of entries
            throw Objects.requireNonNull(e.getCause());
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(0);
        } catch (TimeoutException e) {
            throw timedOut(0);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
