package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another dispatcher of the same thread has opened is its own. */
class DispatcherStrangersTest extends DispatcherContract {
    private static final SocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    private Dispatcher other;

    @BeforeEach
    void openTheOther() throws IOException {
        other = open(DispatcherOptions.defaults());
    }

    @AfterEach
    void closeTheOther() throws IOException {
        if (other != null) {
            other.close();
        }
    }

    @Test
    void itsSocketsAreRefused() throws IOException {
        SocketHandle socket = other.openSocket(StandardProtocolFamily.INET);
        SocketHandle listener = other.openListener(StandardProtocolFamily.INET);
        assertAllRefused(
                () -> dispatcher.accept(listener, ignoring()),
                () -> dispatcher.connect(socket, NOWHERE, ignoring()),
                () -> dispatcher.receive(socket, ByteBuffer.allocate(1), ignoring()),
                () -> dispatcher.receive(socket, new ByteBuffer[] {ByteBuffer.allocate(1)}, ignoring()),
                () -> dispatcher.send(socket, bytes(1), ignoring()),
                () -> dispatcher.send(socket, bytes(), ignoring()),
                () -> dispatcher.send(socket, new ByteBuffer[] {bytes(1)}, ignoring()),
                () -> dispatcher.shutdown(socket, ignoring()),
                () -> dispatcher.close(socket, ignoring()));

        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void itsDatagramSocketsAreRefused() throws IOException {
        DatagramHandle socket = other.openDatagramSocket(StandardProtocolFamily.INET);
        Request<ByteBuffer> again = new Request<>(ignoring());
        assertAllRefused(
                () -> dispatcher.send(socket, bytes(1), NOWHERE, again),
                () -> dispatcher.send(socket, ByteBuffer.allocate(70_000), NOWHERE, again),
                () -> dispatcher.send(socket, new ByteBuffer[] {bytes(1)}, NOWHERE, ignoring()),
                () -> dispatcher.receiveFrom(socket, ByteBuffer.allocate(1), ignoring()),
                () -> dispatcher.close(socket, ignoring()));
        assertThat(socket.localAddress()).as("not even bound").isNull();
        socket.connect(NOWHERE);
        assertAllRefused(
                () -> dispatcher.send(socket, bytes(1), again),
                () -> dispatcher.receive(socket, ByteBuffer.allocate(1), again));

        assertThat(again.isPending()).isFalse();
    }

    @Test
    void itsFilesAreRefused(@TempDir Path folder) throws IOException {
        Request<FileHandle> opened = other.open(folder.resolve("file"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE), ignoring());
        other.run();
        FileHandle file = opened.result();
        SocketHandle own = pair().near();
        SocketHandle others = other.openSocket(StandardProtocolFamily.INET);
        assertAllRefused(
                () -> dispatcher.read(file, ByteBuffer.allocate(1), 0, ignoring()),
                () -> dispatcher.read(file, new ByteBuffer[] {ByteBuffer.allocate(1)}, 0, ignoring()),
                () -> dispatcher.read(file, ByteBuffer.allocate(1), ignoring()),
                () -> dispatcher.write(file, bytes(1), 0, ignoring()),
                () -> dispatcher.write(file, bytes(), 0, ignoring()),
                () -> dispatcher.write(file, new ByteBuffer[] {bytes(1)}, 0, ignoring()),
                () -> dispatcher.write(file, bytes(1), ignoring()),
                () -> dispatcher.transfer(file, 0, 1, own, ignoring()),
                () -> other.transfer(file, 0, 1, own, ignoring()),
                () -> dispatcher.transfer(file, 0, 1, others, ignoring()),
                () -> dispatcher.sync(file, true, ignoring()),
                () -> dispatcher.truncate(file, 0, ignoring()),
                () -> dispatcher.allocate(file, 0, 1, ignoring()),
                () -> dispatcher.stat(file, ignoring()),
                () -> dispatcher.close(file, ignoring()));

        assertThat(file.isOpen()).isTrue();
    }

    @Test
    void itsDescriptorsAreRefused() throws IOException {
        assumeFalse(backend.equals("selector"), "the selector watches channels of the JDK's only");
        DescriptorHandle watched = other.watch(0);
        assertAllRefused(
                () -> dispatcher.awaitReadable(watched, ignoring()),
                () -> dispatcher.awaitWritable(watched, ignoring()),
                () -> dispatcher.close(watched, ignoring()));

        assertThat(watched.isOpen()).isTrue();
    }

    @Test
    void itsRequestsAreNotCancelled() throws IOException {
        Request<?> others = other.timeout(Duration.ofDays(1), ignoring());
        assertAllRefused(() -> dispatcher.cancel(others));
        assertThat(others.isPending()).isTrue();
        other.cancel(others);
        other.run();
        dispatcher.cancel(others);   // which is nobody's by now

        assertThat(others.failure()).isInstanceOf(OperationCanceledException.class);
    }

    private static void assertAllRefused(ThrowingCallable... calls) {
        for (ThrowingCallable call : List.of(calls)) {
            assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("is another dispatcher's");
        }
    }
}
