package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.Backend.FOREVER;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_NOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.backend.fd.FdFile;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Completions no test can wait for: a NOP brings the kernel's answer, with any token and any result. */
class ForgedCompletionsTest {
    private static final int EIO = 5;                        // asm-generic/errno-base.h
    private static final int ERESTARTSYS = 512;              // include/linux/errno.h
    private static final int ERESTART_RESTARTBLOCK = 516;
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

    // ---- interrupted ----

    @ParameterizedTest
    @ValueSource(ints = {LinuxErrno.EINTR, ERESTARTSYS, ERESTART_RESTARTBLOCK})
    void aReadThatWasInterruptedIsDoneAgain(int interruption, @TempDir Path folder) throws IOException {
        FdFile file = open(Files.write(folder.resolve("file"), new byte[] {1, 2, 3}));
        ByteBuffer target = ByteBuffer.allocateDirect(3);
        Operation read = new Operation(file);
        read.at(0);
        read.beginTransfer(
                Kind.READ_AT, target, MemorySegment.ofBuffer(target).address(), 0, target.capacity(), Moment.NONE);
        forge(inFlight.admit(read), -interruption);
        awaitCompleted(read);

        assertThat(read.failure()).isNull();
        assertThat(read.result()).isEqualTo(3);
        assertThat(target).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        file.release();
    }

    /** Its number may be somebody else's by then. */
    @ParameterizedTest
    @ValueSource(ints = {LinuxErrno.EINTR, ERESTARTSYS, LinuxErrno.EAGAIN, EIO})
    void aCloseIsNeverDoneAgain(int told, @TempDir Path folder) throws IOException {
        FdFile file = open(Files.createFile(folder.resolve("file")));
        int number = file.surrender();
        Operation close = new Operation(file);
        close.beginClose();
        forge(inFlight.admit(close), -told);
        awaitCompleted(close);

        Failure failure = close.failure();
        assertThat(failure == null ? 0 : failure.number()).isEqualTo(LinuxErrno.isInterruption(told) ? 0 : told);
        assertThat(Libc.close(number)).as("nobody else has closed it").isZero();
    }

    private FdFile open(Path path) throws IOException {
        FdFile file = (FdFile) backend.newFile(path);
        Operation open = new Operation(file);
        open.beginOpen(new OpenRequest(path, Set.of(StandardOpenOption.READ), null), Moment.NONE);
        inFlight.admit(open);
        assertThat(backend.submit(open)).isTrue();
        awaitCompleted(open);
        completed.clear();
        return file;
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
