package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.process.OwnPort;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a dispatcher does with datagrams, and with descriptors of others. */
class DispatcherDatagramsTest extends DispatcherContract {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private DatagramHandle bound() throws IOException {
        DatagramHandle socket = dispatcher.openDatagramSocket(StandardProtocolFamily.INET);
        socket.bind(new InetSocketAddress(LOOPBACK, 0));
        return socket;
    }

    private static SocketAddress addressOf(DatagramHandle socket) throws IOException {
        return socket.localAddress();
    }

    // ---- datagrams ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDatagramComesWithWordOfItsSender(boolean direct) throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        ByteBuffer target = direct ? ByteBuffer.allocateDirect(10) : ByteBuffer.allocate(10);
        Request<SocketAddress> received = dispatcher.receiveFrom(far, target, ignoring());
        ByteBuffer source = direct ? ByteBuffer.allocateDirect(3).put(0, new byte[] {1, 2, 3}) : bytes(1, 2, 3);
        Request<ByteBuffer> sent = dispatcher.send(near, source, addressOf(far), ignoring());
        await(sent, received);

        assertThat(sent.count()).isEqualTo(3);
        assertThat(source.hasRemaining()).isFalse();
        assertThat(received.result()).isEqualTo(addressOf(near));
        assertThat(received.count()).isEqualTo(3);
        assertThat(received.length()).isEqualTo(3);
        assertHolds(target, 1, 2, 3);
    }

    @Test
    void whatThereIsNoRoomForIsTold() throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        await(dispatcher.send(near, bytes(1, 2, 3, 4, 5), addressOf(far), ignoring()));
        await(dispatcher.send(near, bytes(6), addressOf(far), ignoring()));
        ByteBuffer target = ByteBuffer.allocate(2);
        Request<SocketAddress> cut = dispatcher.receiveFrom(far, target, ignoring());
        await(cut);
        assertThat(cut.count()).isEqualTo(2);
        assertThat(cut.length()).isEqualTo(5);
        assertHolds(target, 1, 2);
        Request<SocketAddress> whole = dispatcher.receiveFrom(far, target.clear(), ignoring());
        await(whole);

        assertThat(whole.length()).isEqualTo(1);
        assertHolds(target, 6);
    }

    @Test
    void anEmptyDatagramIsNoEnd() throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        Request<SocketAddress> received = dispatcher.receiveFrom(far, ByteBuffer.allocate(1), ignoring());
        await(dispatcher.send(near, bytes(), addressOf(far), ignoring()), received);

        assertThat(received.count()).isZero();
        assertThat(received.result()).isEqualTo(addressOf(near));
    }

    @Test
    void buffersAreSentAsOneDatagram() throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        ByteBuffer[] sources = {bytes(1, 2), bytes(), bytes(3).asReadOnlyBuffer()};
        Request<ByteBuffer[]> sent = dispatcher.send(near, sources, addressOf(far), ignoring());
        ByteBuffer target = ByteBuffer.allocate(10);
        await(sent, dispatcher.receiveFrom(far, target, ignoring()));

        assertThat(sent.count()).isEqualTo(3);
        assertThat(sources).allMatch(source -> !source.hasRemaining());
        assertHolds(target, 1, 2, 3);
    }

    @Test
    void aConnectedSocketHearsItsPeerAloneUntilItIsDisconnected() throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        DatagramHandle stranger = bound();
        near.connect(addressOf(far));
        assertThat(near.remoteAddress()).isEqualTo(addressOf(far));
        await(dispatcher.send(stranger, bytes(1), addressOf(near), ignoring()));
        far.connect(addressOf(near));
        await(dispatcher.send(far, bytes(2), ignoring()));
        ByteBuffer target = ByteBuffer.allocate(10);
        Request<ByteBuffer> received = dispatcher.receive(near, target, ignoring());
        await(received);
        assertThat(received.result()).isSameAs(target);
        assertHolds(target, 2);
        assertThatThrownBy(() -> near.connect(addressOf(stranger))).isInstanceOf(AlreadyConnectedException.class);
        near.disconnect();
        await(dispatcher.send(near, bytes(3), addressOf(stranger), ignoring()),
                dispatcher.receiveFrom(stranger, target.clear(), ignoring()));

        assertHolds(target, 3);
    }

    @Test
    void whoHasAPeerSendsToNobodyElse() throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        DatagramHandle stranger = bound();
        near.connect(addressOf(far));
        assertThatThrownBy(() -> dispatcher.send(near, bytes(1), addressOf(stranger), ignoring()))
                .isInstanceOf(AlreadyConnectedException.class);
        ByteBuffer target = ByteBuffer.allocate(8);
        await(dispatcher.send(near, bytes(2), addressOf(far), ignoring()),
                dispatcher.receiveFrom(far, target, ignoring()));

        assertHolds(target, 2);
    }

    @Test
    void whoHasNoPeerIsTold() throws IOException {
        DatagramHandle socket = bound();

        assertThatThrownBy(() -> dispatcher.send(socket, bytes(1), ignoring()))
                .isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> dispatcher.receive(socket, ByteBuffer.allocate(1), ignoring()))
                .isInstanceOf(NotYetConnectedException.class);
    }

    @Test
    void aPortThatNobodyHasIsReported() throws Exception {
        try (OwnPort nobodys = OwnPort.take()) {
            DatagramHandle socket = dispatcher.openDatagramSocket(StandardProtocolFamily.INET);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), nobodys.number()));
            Request<ByteBuffer> received = dispatcher.receive(socket, ByteBuffer.allocate(1), ignoring());
            await(dispatcher.send(socket, bytes(1), ignoring()), received);

            assertThat(received.failure()).isExactlyInstanceOf(PortUnreachableException.class);
        }
    }

    @Test
    void whatNoDatagramCanCarryIsRefusedAndTheSocketIsAsBefore() throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        Request<ByteBuffer> tooBig = dispatcher.send(near, ByteBuffer.allocate(70_000), addressOf(far), ignoring());
        Request<ByteBuffer> tooBigForIpv4 =
                dispatcher.send(near, ByteBuffer.allocate(65_530), addressOf(far), ignoring());
        await(tooBig, tooBigForIpv4);
        assertThat(tooBig.failure()).isInstanceOf(SocketException.class).hasMessageContaining("70000 bytes");
        assertThat(tooBigForIpv4.failure()).isInstanceOf(SocketException.class);
        Request<SocketAddress> received = dispatcher.receiveFrom(far, ByteBuffer.allocate(10), ignoring());
        await(dispatcher.send(near, bytes(1), addressOf(far), ignoring()), received);

        assertThat(received.length()).isEqualTo(1);
    }

    @Test
    void addressesThatCannotBeReachedAreRefusedAtOnce() throws IOException {
        DatagramHandle socket = bound();

        assertThatThrownBy(() -> dispatcher.send(
                socket, bytes(1), new InetSocketAddress(InetAddress.ofLiteral("::1"), 9), ignoring()))
                .isInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> dispatcher.send(socket, bytes(1), new InetSocketAddress(LOOPBACK, 0), ignoring()))
                .isInstanceOf(SocketException.class).hasMessage("Can't send to port 0");
        assertThatThrownBy(() -> dispatcher.openDatagramSocket(StandardProtocolFamily.UNIX))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aReceiveIsCancelledOrEndedByTheClose() throws IOException {
        DatagramHandle socket = dispatcher.openDatagramSocket(null);
        Request<SocketAddress> canceled = dispatcher.receiveFrom(socket, ByteBuffer.allocateDirect(8), ignoring());
        Request<SocketAddress> second = dispatcher.receiveFrom(socket, ByteBuffer.allocate(8), ignoring());
        dispatcher.flush();
        dispatcher.cancel(canceled);
        await(canceled);
        assertThat(canceled.failure()).isInstanceOf(OperationCanceledException.class);
        assertThat(second.isPending()).isTrue();
        await(dispatcher.close(socket, ignoring()), second);
        assertThat(second.failure()).isInstanceOf(AsynchronousCloseException.class);

        assertThatThrownBy(socket::localAddress).isInstanceOf(ClosedChannelException.class);
        Request<SocketAddress> late = dispatcher.receiveFrom(socket, ByteBuffer.allocate(8), ignoring());
        await(late);
        assertThat(late.failure()).isInstanceOf(IOException.class);
    }

    @Test
    void aGroupIsHeardUntilItIsLeft() throws IOException {
        NetworkInterface via = NetworkInterface.getByInetAddress(LOOPBACK);
        InetAddress group = InetAddress.ofLiteral("239.1.2.3");
        DatagramHandle member = dispatcher.openDatagramSocket(StandardProtocolFamily.INET);
        member.bind(new InetSocketAddress(0));
        member.join(group, via, null);
        assertThatThrownBy(() -> member.join(group, via, null)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> member.join(group, via, LOOPBACK)).as("the others would not be heard any more")
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> member.join(LOOPBACK, via, null)).isInstanceOf(IllegalArgumentException.class);
        DatagramHandle sender = bound();
        sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, via);
        int port = ((InetSocketAddress) addressOf(member)).getPort();
        ByteBuffer target = ByteBuffer.allocate(8);
        await(dispatcher.receiveFrom(member, target, ignoring()),
                dispatcher.send(sender, bytes(7), new InetSocketAddress(group, port), ignoring()));
        assertHolds(target, 7);
        member.leave(group, via, null);
        assertThatThrownBy(() -> member.leave(group, via, null)).isInstanceOf(IllegalStateException.class);
        await(dispatcher.send(sender, bytes(8), new InetSocketAddress(group, port), ignoring()));
        await(dispatcher.send(sender, bytes(9), new InetSocketAddress(LOOPBACK, port), ignoring()),
                dispatcher.receiveFrom(member, target.clear(), ignoring()));

        assertHolds(target, 9);
    }

    @Test
    void whoMaySendsToEverybody() throws IOException {
        DatagramHandle far = dispatcher.openDatagramSocket(StandardProtocolFamily.INET);
        far.bind(new InetSocketAddress(0));
        DatagramHandle near = dispatcher.openDatagramSocket(StandardProtocolFamily.INET);
        SocketAddress everybody = new InetSocketAddress(InetAddress.ofLiteral("127.255.255.255"),
                ((InetSocketAddress) addressOf(far)).getPort());
        Request<ByteBuffer> refused = dispatcher.send(near, bytes(1), everybody, ignoring());
        await(refused);
        assertThat(refused.failure()).isExactlyInstanceOf(SocketException.class)
                .hasMessageStartingWith("Permission denied");
        near.setOption(StandardSocketOptions.SO_BROADCAST, true);
        ByteBuffer target = ByteBuffer.allocate(8);
        await(dispatcher.send(near, bytes(2), everybody, ignoring()),
                dispatcher.receiveFrom(far, target, ignoring()));

        assertHolds(target, 2);
    }

    // ---- many at once ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyAreSentWithFewCalls(boolean connected) throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        SocketAddress to = addressOf(far);
        if (connected) {
            near.connect(to);
        }
        ByteBuffer[] sources = new ByteBuffer[150];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = i % 2 == 0 ? ByteBuffer.allocate(1 + i) : ByteBuffer.allocateDirect(1 + i);
        }
        int calls = 0;
        int next = 0;
        while (next < sources.length) {
            int sent = connected ? near.trySendAll(sources, next) : near.trySendAll(sources, next, to);
            assertThat(sent).isPositive();   // there is room for all
            next += sent;
            calls++;
        }
        assertThat(calls).isLessThanOrEqualTo(3);
        assertThat(sources).noneMatch(ByteBuffer::hasRemaining);
        for (int i = 0; i < sources.length; i++) {
            Request<SocketAddress> received = dispatcher.receiveFrom(far, ByteBuffer.allocate(200), ignoring());
            await(received);
            assertThat(received.length()).isEqualTo(1 + i);
        }
    }

    /** The first tells, on its way back, that nobody is there; which is told to the next one that is sent. */
    @Test
    void anErrorBehindThoseThatWereSentHidesNoneOfThem() throws IOException {
        DatagramHandle near = bound();
        DatagramHandle gone = bound();
        SocketAddress to = addressOf(gone);
        await(dispatcher.close(gone, ignoring()));
        near.connect(to);
        ByteBuffer[] sources = {bytes(1), bytes(2), bytes(3)};
        int sent = near.trySendAll(sources, 0);

        assertThat(sent).isPositive();
        for (int i = 0; i < sources.length; i++) {
            assertThat(sources[i].hasRemaining()).isEqualTo(i >= sent);
        }
    }

    @Test
    void aSendThatIsPendingComesFirst() throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        near.connect(addressOf(far));
        ByteBuffer[] sources = {bytes(2, 2), bytes(3)};
        Request<ByteBuffer> first = dispatcher.send(near, bytes(1), ignoring());
        assertThat(near.trySendAll(sources, 0)).isZero();
        assertThat(sources[0].remaining()).isEqualTo(2);
        await(first);
        assertThat(near.trySendAll(sources, 1)).as("from the second on").isEqualTo(1);
        assertThat(near.trySendAll(sources, 2)).as("none is left").isZero();
        assertThat(sources[0].remaining()).isEqualTo(2);
        ByteBuffer target = ByteBuffer.allocate(8);
        await(dispatcher.receiveFrom(far, target, ignoring()));
        assertHolds(target, 1);
        await(dispatcher.receiveFrom(far, target.clear(), ignoring()));

        assertHolds(target, 3);
    }

    @Test
    void ofManyThoseBeforeOneThatIsTooLongAreSent() throws IOException {
        DatagramHandle near = bound();
        SocketAddress to = addressOf(bound());
        ByteBuffer[] sources = {bytes(1), bytes(2), ByteBuffer.allocate(70_000), bytes(3)};
        assertThat(near.trySendAll(sources, 0, to)).isEqualTo(2);
        assertThatThrownBy(() -> near.trySendAll(sources, 2, to)).isExactlyInstanceOf(SocketException.class)
                .hasMessage("Message too long (EMSGSIZE): 70000 bytes");
        assertThat(sources[2].remaining()).isEqualTo(70_000);
        assertThat(sources[3].remaining()).isEqualTo(1);

        assertThat(near.trySendAll(sources, 3, to)).isEqualTo(1);
    }

    /** Memory that has been freed cannot be copied. */
    @Test
    void whatIsTooLongIsNotCopiedToFindThatOut() throws IOException {
        DatagramHandle near = bound();
        SocketAddress to = addressOf(bound());
        ByteBuffer[] sources = {freed(70_000)};
        assertThatThrownBy(() -> near.trySendAll(sources, 0, to)).isExactlyInstanceOf(SocketException.class)
                .hasMessage("Message too long (EMSGSIZE): 70000 bytes");
        sources[0] = freed(7);

        assertThatThrownBy(() -> near.trySendAll(sources, 0, to)).isInstanceOf(IllegalStateException.class);
    }

    private static ByteBuffer freed(int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            return arena.allocate(bytes).asByteBuffer();
        }
    }

    @Test
    void oneThatBecomesTooLongWhileItWaitsIsRefusedAndNoOtherIsTouched() throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        ByteBuffer growing = ByteBuffer.allocate(70_000).limit(1);
        Request<ByteBuffer> first = dispatcher.send(near, bytes(1), addressOf(far), ignoring());
        Request<ByteBuffer> tooLong = dispatcher.send(near, growing, addressOf(far), ignoring());
        growing.clear();
        await(first);
        await(tooLong);

        assertThat(tooLong.failure()).isExactlyInstanceOf(SocketException.class)
                .hasMessage("Message too long (EMSGSIZE): 70000 bytes");
        await(dispatcher.send(near, bytes(3), addressOf(far), ignoring()));
        ByteBuffer target = ByteBuffer.allocate(8);
        await(dispatcher.receiveFrom(far, target, ignoring()));
        assertHolds(target, 1);
        await(dispatcher.receiveFrom(far, target.clear(), ignoring()));
        assertHolds(target, 3);
    }

    @Test
    void manyThatCannotBeSentSayWhy() throws IOException {
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        ByteBuffer[] sources = {bytes(1)};
        assertThatThrownBy(() -> near.trySendAll(sources, 0)).isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> near.trySendAll(sources, 2, addressOf(far)))
                .isInstanceOf(IndexOutOfBoundsException.class);
        near.connect(addressOf(far));
        assertThatThrownBy(() -> near.trySendAll(sources, 0, addressOf(near)))
                .isInstanceOf(AlreadyConnectedException.class);
        assertThat(near.trySendAll(sources, 0, addressOf(far))).isEqualTo(1);
        await(dispatcher.close(near, ignoring()));

        assertThatThrownBy(() -> near.trySendAll(sources, 0)).isInstanceOf(ClosedChannelException.class);
    }

    /** Loopback loses none as long as there is room, so what was sent is what comes, in order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatIsSentInAnyMixIsReceivedInOrder(long seed) throws IOException {
        Random random = new Random(seed);
        DatagramHandle near = bound();
        DatagramHandle far = bound();
        List<Integer> sent = new ArrayList<>();
        List<Integer> received = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int length = random.nextInt(2_000);
            ByteBuffer source = random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
            sent.add(length);
            Request<ByteBuffer> send = dispatcher.send(near, source, addressOf(far), ignoring());
            ByteBuffer target = random.nextBoolean() ? ByteBuffer.allocate(2_000) : ByteBuffer.allocateDirect(2_000);
            Request<SocketAddress> receive = dispatcher.receiveFrom(far, target, request -> {
                assertThat(request.failure()).isNull();
                received.add(target.position());
            });
            if (random.nextInt(4) == 0) {
                await(send, receive);
            }
        }
        dispatcher.run();

        assertThat(received).as("seed %d", seed).isEqualTo(sent);
    }

    // ---- descriptors of others ----

    @Test
    void aDescriptorOfOthersIsWatchedAndLeftOpen() throws Exception {
        assumeTrue(!backend.equals("selector"), "java.nio has no descriptor numbers");
        int counter = Libc.eventfd(0, 0);
        try {
            DescriptorHandle watched = dispatcher.watch(counter);
            Request<DescriptorHandle> writable = dispatcher.awaitWritable(watched, ignoring());
            Request<DescriptorHandle> readable = dispatcher.awaitReadable(watched, ignoring());
            await(writable);
            assertThat(writable.result()).isSameAs(watched);
            dispatcher.flush();
            assertThat(readable.isPending()).isTrue();
            Libc.eventfdWrite(counter, 1);
            await(readable);
            readable.check();
            await(dispatcher.awaitReadable(watched, ignoring()));   // it still is
            await(dispatcher.close(watched, ignoring()));

            assertThat(Libc.eventfdWrite(counter, 1)).as("still open").isTrue();
        } finally {
            Libc.close(counter);
        }
    }

    @Test
    void aWatchIsCancelledAndEndsWithItsHandle() throws Exception {
        assumeTrue(!backend.equals("selector"), "java.nio has no descriptor numbers");
        int counter = Libc.eventfd(0, 0);
        try {
            DescriptorHandle watched = dispatcher.watch(counter);
            Request<DescriptorHandle> canceled = dispatcher.awaitReadable(watched, ignoring());
            dispatcher.flush();
            dispatcher.cancel(canceled);
            await(canceled);
            assertThat(canceled.failure()).isInstanceOf(OperationCanceledException.class);
            Request<DescriptorHandle> closed = dispatcher.awaitReadable(watched, ignoring());
            dispatcher.flush();
            await(dispatcher.close(watched, ignoring()), closed);

            assertThat(closed.failure()).isInstanceOf(AsynchronousCloseException.class);
        } finally {
            Libc.close(counter);
        }
    }

    @Test
    void aNumberThatIsNoDescriptorIsRefused() throws IOException {
        assertThatThrownBy(() -> dispatcher.watch(-1)).isInstanceOf(IllegalArgumentException.class);
        if (backend.equals("selector")) {
            assertThatThrownBy(() -> dispatcher.watch(0)).isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("io_uring");
        } else if (backend.equals("io_uring")) {
            Request<DescriptorHandle> readable = dispatcher.awaitReadable(dispatcher.watch(1 << 20), ignoring());
            await(readable);
            assertThat(readable.failure()).isInstanceOf(SocketException.class).hasMessageContaining("EBADF");
        } else {
            assertThatThrownBy(() -> dispatcher.watch(1 << 20)).isInstanceOf(SocketException.class)
                    .hasMessageContaining("EBADF");
        }
    }
}
