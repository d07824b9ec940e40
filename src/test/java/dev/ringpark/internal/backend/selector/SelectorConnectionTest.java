package dev.ringpark.internal.backend.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Accept, connect, release and the plain calls. */
class SelectorConnectionTest {
    private BackendRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new BackendRig();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    // ---- accept ----

    @Test
    void aPendingAcceptGetsTheConnectionAndItsAddresses() throws Exception {
        Handle listener = rig.listener();
        Operation accept = rig.accept(listener);
        rig.backend.poll(0);
        assertThat(accept.isDone()).isFalse();
        SocketChannel peer = rig.peerTo(listener);

        Handle accepted = rig.keep((Handle) rig.await(accept).accepted());
        assertThat(accepted.remoteAddress()).isEqualTo(peer.getLocalAddress());
        assertThat(accepted.localAddress()).isEqualTo(peer.getRemoteAddress());
        peer.write(ByteBuffer.allocate(7));
        assertThat(rig.await(rig.read(accepted, 10)).result()).isEqualTo(7);
    }

    @Test
    void connectionsAreAcceptedEachByOneAndInTheirOrder() throws Exception {
        Handle listener = rig.listener();
        for (int i = 0; i < 10; i++) {
            rig.peerTo(listener);
            SocketChannel peer = rig.peerTo(listener);
            rig.keep((Handle) rig.await(rig.accept(listener)).accepted());
            Handle second = rig.keep((Handle) rig.await(rig.accept(listener)).accepted());
            assertThat(second.remoteAddress()).isEqualTo(peer.getLocalAddress());
        }
    }

    @Test
    void anAcceptWithoutBindFails() throws Exception {
        Operation accept = rig.accept(rig.keep(rig.backend.openSocket(SocketType.LISTENER, null)));

        assertThat(rig.await(accept).failure().errno()).isEqualTo(Errno.EINVAL);
    }

    // ---- connect ----

    @Test
    void aConnectedSocketKnowsItsPeerAndCarriesBytesBothWays() throws Exception {
        Handle handle = rig.connected();
        SocketChannel peer = rig.peer();

        assertThat(handle.remoteAddress()).isEqualTo(peer.getLocalAddress());
        assertThat(rig.await(rig.write(handle, 5)).result()).isEqualTo(5);
        assertThat(peer.read(ByteBuffer.allocate(10))).isEqualTo(5);
        peer.write(ByteBuffer.allocate(6));
        assertThat(rig.await(rig.read(handle, 10)).result()).isEqualTo(6);
        assertThat(rig.earlyPolls()).isZero();
    }

    @Test
    void aRefusedConnectSaysSo() throws Exception {
        Handle handle = rig.socket();
        Operation connect = rig.connect(handle, rig.nobody());

        Failure failure = rig.await(connect).failure();
        assertThat(failure.errno()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(failure.cause()).isInstanceOf(ConnectException.class);
        assertThat(rig.earlyPolls()).isZero();
        assertThat(errno(rig.connect(handle, rig.nobody()))).isEqualTo(Errno.EBADF);
        rig.release(handle);
    }

    @Test
    void aCancelledConnectEndsAndDoesNotSpinOnceTheConnectionIsThere() throws Exception {
        Handle listener = rig.listener();
        Operation connect = rig.connect(rig.socket(), listener.localAddress());
        rig.backend.cancel(connect);

        assertThat(rig.await(connect).failure()).isSameAs(Failure.CANCELED);
        assertThat(rig.earlyPolls()).isZero();
    }

    @Test
    void aSecondConnectSaysWhatStandsInItsWay() throws Exception {
        Handle listener = rig.listener();
        Handle handle = rig.socket();
        Operation first = rig.connect(handle, listener.localAddress());
        if (!rig.backend.hasBacklog()) {
            rig.backend.cancel(first);
            assertThat(errno(rig.connect(handle, listener.localAddress()))).isEqualTo(Errno.EALREADY);
        }
        assertThat(errno(rig.connect(rig.connected(), listener.localAddress()))).isEqualTo(Errno.EISCONN);
    }

    @Test
    void addressesTheSocketCannotReachFailTheConnectAlone() throws Exception {
        Handle ipv4 = rig.keep(rig.backend.openSocket(SocketType.STREAM, StandardProtocolFamily.INET));
        assertThat(ipv4.isIpv4Only()).isTrue();

        InetAddress ipv6 = InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        assertThat(errno(rig.connect(ipv4, new InetSocketAddress(ipv6, 1)))).isEqualTo(Errno.EAFNOSUPPORT);
        assertThat(errno(rig.connect(ipv4, InetSocketAddress.createUnresolved("nowhere", 1))))
                .isEqualTo(Errno.EDESTADDRREQ);
        Handle listener = rig.listener();
        assertThat(errno(rig.connect(ipv4, listener.localAddress()))).isNull();
    }

    @Test
    void anUnconnectedSocketNeitherReadsNorWrites() throws Exception {
        Handle handle = rig.socket();

        assertThat(errno(rig.read(handle, 1))).isEqualTo(Errno.ENOTCONN);
        assertThat(errno(rig.write(handle, 1))).isEqualTo(Errno.ENOTCONN);
    }

    // ---- release ----

    @Test
    void aReleasedListenerRefusesAndItsPortIsFreeAtOnce() throws Exception {
        Handle listener = rig.listener();
        SocketAddress address = listener.localAddress();
        Operation accept = rig.accept(listener);
        rig.backend.poll(0);
        rig.backend.cancel(accept);
        rig.await(accept);
        rig.release(listener);

        assertThatThrownBy(() -> SocketChannel.open(address)).isInstanceOf(ConnectException.class);
        try (ServerSocketChannel exclusive = ServerSocketChannel.open()) {
            exclusive.setOption(StandardSocketOptions.SO_REUSEADDR, false);
            exclusive.bind(address);
        }
    }

    @Test
    void thePeerOfAReleasedSocketReadsTheEndOfTheStreamAfterAllBytes() throws Exception {
        Handle handle = rig.connected();
        rig.await(rig.write(handle, 5));
        rig.release(handle);

        assertThat(rig.peer().read(ByteBuffer.allocate(10))).isEqualTo(5);
        assertThat(rig.peer().read(ByteBuffer.allocate(10))).isEqualTo(-1);
    }

    @Test
    void aReleaseWithZeroLingerResets() throws Exception {
        Handle handle = rig.connected();
        handle.setOption(StandardSocketOptions.SO_LINGER, 0);
        rig.release(handle);

        assertThatThrownBy(() -> rig.peer().read(ByteBuffer.allocate(1))).hasMessage("Connection reset");
    }

    @Test
    void aReleaseDoesNotLingerOverUnsentBytes() throws Exception {
        Handle handle = rig.connected();
        handle.setOption(StandardSocketOptions.SO_LINGER, 30);
        assertThat(handle.option(StandardSocketOptions.SO_LINGER)).isEqualTo(30);
        Operation write = rig.fill(handle);
        rig.backend.cancel(write);
        rig.await(write);

        long start = System.nanoTime();
        rig.release(handle);
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void aHandleNothingWaitedOnIsReleasedWithoutAsking() throws Exception {
        Handle handle = rig.socket();
        long enters = rig.enters();
        rig.release(handle);

        assertThat(rig.enters()).isEqualTo(enters);
    }

    @Test
    void aHandleLeftOverIsReleasedAfterTheBackendToo() throws Exception {
        Handle handle = rig.connected();
        Handle listener = rig.listener();
        rig.backend.close();
        rig.release(handle);
        rig.release(listener);

        assertThat(rig.peer().read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    // ---- plain calls ----

    @Test
    void aPortInUseIsNotBoundTwice() throws Exception {
        Handle listener = rig.listener();
        Handle second = rig.keep(rig.backend.openSocket(SocketType.LISTENER, null));

        assertThatThrownBy(() -> second.bind(listener.localAddress(), 1))
                .isInstanceOf(BindException.class).hasMessage("Address already in use");
    }

    @Test
    void optionsAreTheChannels() throws Exception {
        Handle socket = rig.socket();
        Handle listener = rig.listener();

        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        assertThat(socket.option(StandardSocketOptions.TCP_NODELAY)).isTrue();
        assertThat(socket.supportedOptions()).contains(StandardSocketOptions.SO_LINGER);
        assertThat(listener.supportedOptions()).doesNotContain((SocketOption<?>) StandardSocketOptions.SO_LINGER);
        assertThatThrownBy(() -> listener.setOption(StandardSocketOptions.TCP_NODELAY, true))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.SO_SNDBUF, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(socket.localAddress()).isNull();
        assertThat(socket.remoteAddress()).isNull();
        assertThat(socket.available()).isZero();
    }

    @Test
    void plainCallsOfManyThreadsAndAcceptsGoOnSideBySide() throws Exception {
        Handle listener = rig.listener();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(Thread.ofVirtual().start(() -> callOften(listener)));
            callers.add(Thread.ofPlatform().start(() -> callOften(listener)));
        }
        while (callers.stream().anyMatch(Thread::isAlive)) {
            Operation accept = rig.accept(listener);
            rig.peerTo(listener).close();
            rig.release((Handle) rig.await(accept).accepted());
        }
    }

    @Test
    void theFactoryIsNamedSelector() {
        Backend.Factory factory = new SelectorBackend.Factory();

        assertThat(factory.name()).isEqualTo("selector");
    }

    private static void callOften(Handle handle) {
        try {
            for (int i = 0; i < 5_000; i++) {
                handle.localAddress();
                handle.option(StandardSocketOptions.SO_RCVBUF);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Errno errno(Operation operation) throws Exception {
        Failure failure = rig.await(operation).failure();
        return failure == null ? null : failure.errno();
    }
}
