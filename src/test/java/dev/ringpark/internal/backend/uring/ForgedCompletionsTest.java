package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.Backend.FOREVER;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_NOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Completions no test can wait for: a NOP brings the kernel's answer, with any token and any result. */
class ForgedCompletionsTest {
    private static final int IORING_NOP_INJECT_RESULT = 1;   // linux/io_uring.h, since 6.10; the length is the result

    private final InFlight inFlight = new InFlight(1);   // all have the same slot
    private final Counters counters = new Counters();
    private final List<Operation> completed = new ArrayList<>();
    private Ring ring;
    private UringBackend backend;
    private Handle listener;

    @BeforeEach
    void open() throws IOException {
        ring = Rings.open(8, 16);
        backend = UringBackend.open(ring, new BackendOptions(8, 16, 512, 1, 1),
                Libc.eventfd(0, IoUringAbi.EFD_CLOEXEC), inFlight, this::complete, counters);
        listener = backend.openSocket(SocketType.LISTENER, StandardProtocolFamily.INET);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        forge(7, -LinuxErrno.ECONNABORTED);
        ring.enterAndWait();
        assumeTrue(ring.hasCompletion() && ring.result() == -LinuxErrno.ECONNABORTED,
                "this kernel's NOPs have one result alone");
        ring.advance();
    }

    @AfterEach
    void close() throws IOException {
        backend.release(listener);
        backend.close();
    }

    private void complete(Operation operation) {
        inFlight.release(operation);
        operation.finish();
        completed.add(operation);
    }

    private void forge(long token, int result) {
        ring.push(Ring.head(IORING_OP_NOP, 0, -1), 0, 0, Ring.lengthAndFlags(result, IORING_NOP_INJECT_RESULT), token,
                0);
    }

    private Operation accept() {
        Operation accept = new Operation(listener);
        accept.beginAccept(Operation.NONE);
        return accept;
    }

    /** The token of an operation that has left its slot. */
    private long staleToken() {
        Operation former = accept();
        long token = inFlight.admit(former);
        inFlight.release(former);
        return token;
    }

    private void awaitCompleted(Operation operation) throws IOException {
        while (completed.isEmpty()) {
            backend.poll(FOREVER);
        }
        assertThat(completed).containsExactly(operation);
    }

    // ---- connections that vanish before they are accepted ----

    @Test
    void anAcceptWhoseConnectionVanishedWaitsForTheNext() throws IOException {
        Operation accept = accept();
        forge(inFlight.admit(accept), -LinuxErrno.ECONNABORTED);
        backend.poll(FOREVER);
        assertThat(completed).isEmpty();

        InetSocketAddress address = (InetSocketAddress) Objects.requireNonNull(listener.localAddress());
        try (Socket peer = new Socket(address.getAddress(), address.getPort())) {
            awaitCompleted(accept);
            assertThat(accept.failure()).isNull();
            Handle accepted = (Handle) Objects.requireNonNull(accept.accepted());
            assertThat(accepted.remoteAddress()).isEqualTo(peer.getLocalSocketAddress());
            backend.release(accepted);
        }
    }

    @Test
    void anAcceptWhoseConnectionVanishedAfterItsCancelIsCancelled() throws IOException {
        Operation accept = accept();
        long token = inFlight.admit(accept);
        accept.askToCancel(CancelReason.TIMEOUT);
        forge(token, -LinuxErrno.ECONNABORTED);
        awaitCompleted(accept);

        assertThat(accept.failure()).isSameAs(Failure.CANCELED);
    }

    @Test
    void aConnectThatIsAbortedFails() throws IOException {
        Handle socket = backend.openSocket(SocketType.STREAM, StandardProtocolFamily.INET);
        Operation connect = new Operation(socket);
        connect.beginConnect(Objects.requireNonNull(listener.localAddress()), Operation.NONE);
        forge(inFlight.admit(connect), -LinuxErrno.ECONNABORTED);
        awaitCompleted(connect);

        assertThat(Objects.requireNonNull(connect.failure()).errno()).isEqualTo(Errno.ECONNABORTED);
        backend.release(socket);
    }

    // ---- completions that come late ----

    @Test
    void aCompletionForAFormerOwnerOfTheSlotIsCountedAndDropped() throws IOException {
        long stale = staleToken();
        int eventFd = Libc.eventfd(0, IoUringAbi.EFD_CLOEXEC);
        Operation present = new Operation(backend.watch(eventFd));
        present.beginAwait(Kind.AWAIT_READABLE, Operation.NONE);
        long token = inFlight.admit(present);
        assertThat(InFlight.slot(token)).isEqualTo(InFlight.slot(stale));
        assertThat(backend.submit(present)).isTrue();
        assertThat(counters.get(Count.STALE_TOKENS)).isZero();

        forge(stale, 5);
        backend.poll(FOREVER);
        assertThat(counters.get(Count.STALE_TOKENS)).isEqualTo(1);
        assertThat(completed).isEmpty();
        assertThat(inFlight.find(token)).isSameAs(present);

        Libc.eventfdWrite(eventFd, 1);
        awaitCompleted(present);
        assertThat(present.failure()).isNull();
        assertThat(counters.get(Count.STALE_TOKENS)).isEqualTo(1);
        Libc.close(eventFd);
    }

    @Test
    void aCompletionForASlotThatNobodyHasIsCountedAndDropped() throws IOException {
        long stale = staleToken();
        forge(stale, -LinuxErrno.ECONNABORTED);
        forge(stale + 1, 0);   // a slot that is not there
        backend.poll(FOREVER);

        assertThat(counters.get(Count.STALE_TOKENS)).isEqualTo(2);
        assertThat(completed).isEmpty();
    }
}
