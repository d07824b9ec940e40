package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The connections that a server's handlers have, and the ends a server comes to: its acceptors take no more, and the
 * last handler is done.
 *
 * <pre>
 * who         | does first                              | THEN looks
 * ------------+-----------------------------------------+---------------------------------------
 * an acceptor | adds its last connection, counts itself | whether there are neither acceptors
 *             |   out                                   |   nor connections any more
 * a handler   | takes its connection out                | the same
 * </pre>
 *
 * Whichever comes last so sees that it is the last.
 */
final class Clients {
    private final Set<TcpSocket> sockets = ConcurrentHashMap.newKeySet();
    private final CountDownLatch acceptors;
    private final CountDownLatch end = new CountDownLatch(1);

    Clients(int acceptors) {
        this.acceptors = new CountDownLatch(acceptors);
    }

    void add(TcpSocket socket) {
        sockets.add(socket);
    }

    void remove(TcpSocket socket) {
        sockets.remove(socket);
        look();
    }

    void acceptorEnded() {
        acceptors.countDown();
        look();
    }

    private void look() {
        if (acceptors.getCount() == 0 && sockets.isEmpty()) {
            end.countDown();
        }
    }

    /** Those whose handlers are not done. */
    List<TcpSocket> sockets() {
        return List.copyOf(sockets);
    }

    void awaitAcceptors() throws InterruptedException {
        acceptors.await();
    }

    /** Waits for the last handler until {@code deadlineNanos}, or until it is interrupted; the status stays set. */
    void awaitEnd(long deadlineNanos) {
        try {
            if (deadlineNanos == Moment.NONE) {
                end.await();
            } else {
                end.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
