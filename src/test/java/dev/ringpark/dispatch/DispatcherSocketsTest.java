package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.process.OwnPort;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dispatcher does with sockets. */
class DispatcherSocketsTest extends DispatcherContract {
    @Test
    void aConnectionThatCannotBeHandedOverIsClosed() throws IOException {
        SocketHandle listener = listener(1);
        EndpointSide side = new EndpointSide(listener.loop(), listener.handle(), Handle.READING, listener, _ -> {
            throw new OutOfMemoryError("for the test");
        });
        outside(listener);
        Request<SocketHandle> accept = Request.of(ignoring());
        side.begin(accept, Kind.ACCEPT, null);
        await(accept);

        assertThat(accept.failure()).hasCauseInstanceOf(OutOfMemoryError.class);
        // And no descriptor is left, as after each of these tests.
    }


    // ---- accept, connect ----

    @Test
    void acceptAndConnectMeetWithABacklogOfOne() throws IOException {
        Pair pair = pair();
        dispatcher.send(pair.near(), bytes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), ignoring());
        ByteBuffer five = ByteBuffer.allocate(5);
        Request<ByteBuffer> received = dispatcher.receive(pair.far(), five, ignoring());
        await(received);

        assertThat(received.count()).isEqualTo(5);
        assertThat(received.result()).isSameAs(five);
        assertHolds(five, 0, 1, 2, 3, 4);
        assertThat(pair.near().remoteAddress()).isEqualTo(pair.far().localAddress());
    }

    @Test
    void severalAcceptsGetAConnectionEach() throws IOException {
        SocketHandle listener = listener(8);
        List<SocketHandle> accepted = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            dispatcher.accept(listener, request -> accepted.add(succeeded(request)));
        }
        List<SocketAddress> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(outside(listener).getLocalAddress());
        }
        dispatcher.run();

        List<SocketAddress> peers = new ArrayList<>();
        for (SocketHandle each : accepted) {
            peers.add(each.remoteAddress());
        }
        assertThat(peers).containsExactlyInAnyOrderElementsOf(clients);
    }

    private static SocketHandle succeeded(Request<SocketHandle> request) {
        try {
            return request.result();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aConnectThatIsRefusedSaysSo() throws IOException {
        SocketAddress gone = addressNobodyHas();
        SocketHandle socket = dispatcher.openSocket(StandardProtocolFamily.INET);
        Request<SocketHandle> connected = dispatcher.connect(socket, gone, ignoring());
        await(connected);

        assertThatThrownBy(connected::result).isExactlyInstanceOf(ConnectException.class)
                .hasMessage("Connection refused");
        assertThat(socket.isOpen()).as("until it is closed").isTrue();
        await(dispatcher.close(socket, ignoring()));
        assertThat(socket.isOpen()).isFalse();
    }

    /** Where a listener was until now. */
    private SocketAddress addressNobodyHas() throws IOException {
        SocketHandle listener = listener(1);
        SocketAddress gone = listener.localAddress();
        await(dispatcher.close(listener, ignoring()));
        return gone;
    }

    /** The system says once why a connect has failed, to whoever asks first. */
    @Test
    void aConnectThatIsRefusedSaysSoAlsoBesideAReceive() throws IOException {
        SocketAddress gone = addressNobodyHas();
        SocketHandle socket = dispatcher.openSocket(StandardProtocolFamily.INET);
        Request<SocketHandle> connected = dispatcher.connect(socket, gone, ignoring());
        Request<ByteBuffer> received = dispatcher.receive(socket, ByteBuffer.allocate(1), ignoring());
        await(connected, received);

        assertThat(received.failure()).isInstanceOf(IOException.class);
        assertThat(connected.failure()).isExactlyInstanceOf(ConnectException.class).hasMessage("Connection refused");
    }

    @Test
    void aConnectThatIsRefusedSaysSoAlsoBesideATry() throws IOException {
        SocketAddress gone = addressNobodyHas();
        SocketHandle socket = dispatcher.openSocket(StandardProtocolFamily.INET);
        Request<SocketHandle> connected = dispatcher.connect(socket, gone, ignoring());
        int tried;
        try {
            tried = socket.tryReceive(ByteBuffer.allocate(1));
        } catch (IOException | NotYetConnectedException refused) {
            tried = 0;
        }
        await(connected);

        assertThat(tried).isZero();
        assertThat(connected.failure()).isExactlyInstanceOf(ConnectException.class).hasMessage("Connection refused");
    }

    @Test
    void aSocketWhoseConnectWasRefusedIsReplacedByAnother() throws IOException {
        try (OwnPort port = OwnPort.take()) {
            SocketHandle first = dispatcher.openSocket(StandardProtocolFamily.INET);
            Request<SocketHandle> refused = dispatcher.connect(first, port.address(), ignoring());
            await(refused);
            SocketHandle listener = dispatcher.openListener(StandardProtocolFamily.INET);
            listener.bind(port.address(), 1);
            SocketHandle second = dispatcher.openSocket(StandardProtocolFamily.INET);
            Request<SocketHandle> connected = dispatcher.connect(second, port.address(), ignoring());
            Request<SocketHandle> accepted = dispatcher.accept(listener, ignoring());
            await(connected, accepted);

            assertThat(refused.failure()).isExactlyInstanceOf(ConnectException.class);
            assertThat(accepted.result().remoteAddress()).isEqualTo(connected.result().localAddress());
            assertThat(connected.result()).isSameAs(second);
        }
    }

    @Test
    void whatHasNoPeerSaysSoAndHasNothingToShutDown() throws IOException {
        SocketHandle listener = listener(1);
        SocketHandle socket = dispatcher.openSocket(StandardProtocolFamily.INET);
        for (SocketHandle each : List.of(listener, socket)) {
            assertThat(each.remoteAddress()).isNull();
        }
        socket.shutdownInput();
        socket.shutdownOutput();

        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void aSecondBindIsRefusedAsTheSystemDoes() throws IOException {
        SocketHandle listener = listener(1);
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        assertThatThrownBy(() -> listener.bind(anyPort, 1)).isInstanceOf(SocketException.class);
    }

    @Test
    void aUnixSocketIsBoundToNoEmptyPath() throws IOException {
        SocketHandle listener = dispatcher.openListener(StandardProtocolFamily.UNIX);
        assertThatThrownBy(() -> listener.bind(UnixDomainSocketAddress.of(""), 1))
                .isExactlyInstanceOf(BindException.class);
        await(dispatcher.close(listener, ignoring()));
    }

    @Test
    void aNameThatHasNotBeenLookedUpIsRefused() throws IOException {
        SocketHandle socket = dispatcher.openSocket(null);

        assertThatThrownBy(() -> dispatcher.connect(
                socket, InetSocketAddress.createUnresolved("localhost", 1), ignoring()))
                .isInstanceOf(UnresolvedAddressException.class);
    }

    @Test
    void unixSocketsAreServedTheSame(@TempDir Path folder) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        SocketHandle listener = dispatcher.openListener(StandardProtocolFamily.UNIX);
        listener.bind(address, 1);
        Request<SocketHandle> accepted = dispatcher.accept(listener, ignoring());
        SocketHandle near = dispatcher.openSocket(StandardProtocolFamily.UNIX);
        await(accepted, dispatcher.connect(near, address, ignoring()));
        dispatcher.send(near, bytes(42), ignoring());
        ByteBuffer target = ByteBuffer.allocate(2);
        await(dispatcher.receive(accepted.result(), target, ignoring()));

        assertHolds(target, 42);
    }

    @Test
    void whatCanBeMovedAtOnceIsMovedUnlessOthersAreFirst() throws IOException {
        Pair pair = pair();
        ByteBuffer target = ByteBuffer.allocate(3);
        assertThat(pair.far().tryReceive(target)).isZero();
        assertThat(pair.near().trySend(bytes(1, 2))).isEqualTo(2);
        assertThat(pair.far().tryReceive(target)).isEqualTo(2);
        assertHolds(target, 1, 2);
        Request<ByteBuffer> pending = dispatcher.receive(pair.far(), target.clear(), ignoring());
        assertThat(pair.near().trySend(bytes(3))).isEqualTo(1);
        assertThat(pair.far().tryReceive(ByteBuffer.allocate(1))).isZero();
        await(pending);
        assertHolds(target, 3);
        await(dispatcher.close(pair.near(), ignoring()));

        assertThat(pair.far().tryReceive(target.clear())).isEqualTo(-1);
        assertThatThrownBy(() -> pair.near().trySend(bytes(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void whatCannotBeMovedAtOnceSaysWhy() throws IOException {
        SocketHandle fresh = dispatcher.openSocket(StandardProtocolFamily.INET);
        SocketHandle listener = listener(1);
        Pair pair = pair();
        pair.near().shutdownOutput();
        ByteBuffer one = ByteBuffer.allocate(1);

        assertThatThrownBy(() -> fresh.tryReceive(one)).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> listener.tryReceive(one)).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> listener.trySend(bytes(1))).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> pair.near().trySend(bytes(1))).isInstanceOf(SocketException.class)
                .hasMessageContaining("Broken pipe");
    }

    @Test
    void memoryThatIsFreedMeanwhileFailsItsRequestAlone() throws IOException {
        Pair pair = pair();
        Request<ByteBuffer[]> received;
        Request<ByteBuffer[]> sent;
        try (Arena arena = Arena.ofShared()) {
            received = dispatcher.receive(pair.far(), new ByteBuffer[] {arena.allocate(4).asByteBuffer()}, ignoring());
            dispatcher.flush();
        }
        await(dispatcher.send(pair.near(), bytes(1, 2), ignoring()), received);
        assertThat(received.failure()).isInstanceOf(IOException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer[] sources = {freed(), arena.allocate(1).asByteBuffer()};
            sent = dispatcher.send(pair.near(), sources, ignoring());
        }
        await(sent);
        assertThat(sent.failure()).isInstanceOf(IOException.class).hasCauseInstanceOf(IllegalStateException.class);
        ByteBuffer target = ByteBuffer.allocate(4);
        await(dispatcher.send(pair.near(), bytes(3), ignoring()), dispatcher.receive(pair.far(), target, ignoring()));

        assertHolds(target, 3);
    }

    private static ByteBuffer freed() {
        try (Arena arena = Arena.ofConfined()) {
            return arena.allocate(1).asByteBuffer();
        }
    }

    @Test
    void aCloseIsCalledBackAfterAllItHasEnded() throws IOException {
        Pair pair = pair();
        List<Object> order = new ArrayList<>();
        Request<ByteBuffer> first = dispatcher.receive(pair.far(), ByteBuffer.allocate(1), order::add);
        Request<ByteBuffer> second = dispatcher.receive(pair.far(), ByteBuffer.allocate(1), order::add);
        Request<ByteBuffer> third = dispatcher.receive(pair.far(), ByteBuffer.allocate(1), order::add);
        dispatcher.flush();
        Request<@Nullable Void> closed = dispatcher.close(pair.far(), order::add);
        await(closed);

        assertThat(order).hasSize(4).endsWith(closed).contains(first, second, third);
        assertThat(List.of(first, second, third))
                .allMatch(request -> request.failure() instanceof AsynchronousCloseException);
    }

    @Test
    void bytesBehindUrgentDataAreReceived() throws IOException {
        SocketHandle listener = listener(1);
        Request<SocketHandle> accepted = dispatcher.accept(listener, ignoring());
        SocketChannel peer = outside(listener);
        await(accepted);
        ByteBuffer first = ByteBuffer.allocate(10);
        Request<ByteBuffer> received = dispatcher.receive(accepted.result(), first, ignoring());
        dispatcher.flush();
        peer.write(bytes(1, 2));
        peer.socket().sendUrgentData(3);
        peer.write(bytes(4, 5));
        await(received);
        assertHolds(first, 1, 2);
        ByteBuffer second = ByteBuffer.allocate(10);
        await(dispatcher.receive(accepted.result(), second, ignoring()));

        assertHolds(second, 4, 5);
    }

    @Test
    void optionsAreSetAndAskedAtOnce() throws IOException {
        SocketHandle socket = dispatcher.openSocket(StandardProtocolFamily.INET);
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);

        assertThat(socket.option(StandardSocketOptions.TCP_NODELAY)).isTrue();
        assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    // ---- receive, send ----

    @Test
    void whatIsSentByOthersIsSeenByTurnsThatNeverWait() throws IOException {
        reopen(DispatcherOptions.defaults().withEntries(1, 2));
        SocketHandle listener = listener(1);
        SocketChannel other = outside(listener);
        Request<SocketHandle> accepted = dispatcher.accept(listener, ignoring());
        await(accepted);
        ByteBuffer target = ByteBuffer.allocate(4);
        Request<ByteBuffer> received = dispatcher.receive(accepted.result(), target, ignoring());
        dispatcher.flush();
        assertThat(received.isPending()).isTrue();
        other.write(bytes(1, 2));
        while (received.isPending()) {
            dispatcher.flush();
        }

        assertHolds(target, 1, 2);
    }

    @Test
    void receivesOfOneSocketAreServedInTheirOrder() throws IOException {
        Pair pair = pair();
        List<ByteBuffer> targets = IntStream.range(0, 4).mapToObj(_ -> ByteBuffer.allocate(1)).toList();
        targets.forEach(target -> dispatcher.receive(pair.far(), target, ignoring()));
        dispatcher.send(pair.near(), bytes(1, 2, 3, 4), ignoring());
        dispatcher.run();

        for (int i = 0; i < 4; i++) {
            assertHolds(targets.get(i), i + 1);
        }
    }

    @Test
    void aReceiveThatWaitsMeetsTheEndWhenTheInputIsShutAndSendsGoOn() throws IOException {
        Pair pair = pair();
        Request<ByteBuffer> waiting = dispatcher.receive(pair.near(), ByteBuffer.allocate(1), ignoring());
        dispatcher.flush();
        assertThat(waiting.isPending()).isTrue();
        pair.near().shutdownInput();
        pair.near().shutdownInput();
        Request<ByteBuffer> later = dispatcher.receive(pair.near(), ByteBuffer.allocate(1), ignoring());
        ByteBuffer target = ByteBuffer.allocate(2);
        Request<ByteBuffer> sent = dispatcher.send(pair.near(), bytes(1, 2), ignoring());
        await(waiting, later, sent, dispatcher.receive(pair.far(), target, ignoring()));

        assertThat(waiting.count()).isEqualTo(-1);
        assertThat(later.count()).isEqualTo(-1);
        assertHolds(target, 1, 2);
    }

    @Test
    void theEndOfTheStreamIsMinusOneAgainAndAgain() throws IOException {
        Pair pair = pair();
        await(dispatcher.shutdown(pair.near(), ignoring()));
        for (int i = 0; i < 2; i++) {
            Request<ByteBuffer> received = dispatcher.receive(pair.far(), ByteBuffer.allocate(1), ignoring());
            await(received);
            assertThat(received.count()).isEqualTo(-1);
        }
    }

    @Test
    void directBuffersAreLentAndReadOnlyOnesCopied() throws IOException {
        Pair pair = pair();
        ByteBuffer direct = ByteBuffer.allocateDirect(8).position(3);
        dispatcher.send(pair.near(), bytes(7, 8).asReadOnlyBuffer(), ignoring());
        await(dispatcher.receive(pair.far(), direct, ignoring()));

        assertThat(direct.position()).isEqualTo(5);
        assertThat(direct.get(3)).isEqualTo((byte) 7);
        assertThat(direct.get(4)).isEqualTo((byte) 8);
    }

    @Test
    void buffersAreGatheredAndScattered() throws IOException {
        Pair pair = pair();
        ByteBuffer[] sources = {bytes(1), bytes(), bytes(2, 3), bytes(4)};
        ByteBuffer[] targets = {ByteBuffer.allocate(3), ByteBuffer.allocateDirect(9)};
        Request<ByteBuffer[]> sent = dispatcher.send(pair.near(), sources, ignoring());
        await(sent);
        Request<ByteBuffer[]> received = dispatcher.receive(pair.far(), targets, ignoring());
        await(received);

        assertThat(sent.count()).isEqualTo(4);
        assertThat(sources).allMatch(source -> !source.hasRemaining());
        assertThat(received.count()).isEqualTo(4);
        assertHolds(targets[0], 1, 2, 3);
        assertHolds(targets[1], 4);
    }

    @Test
    void nothingToMoveIsDoneWithoutTheSystem() throws IOException {
        Pair pair = pair();
        Request<ByteBuffer> sent = dispatcher.send(pair.near(), bytes(), ignoring());
        Request<ByteBuffer> received = dispatcher.receive(pair.near(), bytes(), ignoring());
        assertThat(sent.isPending()).as("no callback inside the call").isTrue();
        dispatcher.flush();

        assertThat(sent.count()).isZero();
        assertThat(received.count()).isZero();
    }

    @Test
    void memoryThatSomebodyCouldFreeIsRefused() throws IOException {
        Pair pair = pair();
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer buffer = arena.allocate(8).asByteBuffer();
            assertThatThrownBy(() -> dispatcher.receive(pair.near(), buffer, ignoring()))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("allocateDirect");
        }
        assertThatThrownBy(() -> dispatcher.receive(pair.near(), bytes(1).asReadOnlyBuffer(), ignoring()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("Read-only buffer");
    }

    @Test
    void aMegabyteGoesThroughInTurnsOfOddLengths() throws IOException {
        Pair pair = pair();
        byte[] all = new byte[1 << 20];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) ((i * 31) >>> 3);
        }
        ByteBuffer source = ByteBuffer.wrap(all);
        ByteBuffer target = ByteBuffer.allocateDirect(all.length);
        Request<ByteBuffer> sending = new Request<>(request -> goOn(request, pair.near(), true));
        Request<ByteBuffer> receiving = new Request<>(request -> goOn(request, pair.far(), false));
        dispatcher.send(pair.near(), source, sending);
        dispatcher.receive(pair.far(), target, receiving);
        for (int turn = 0; target.hasRemaining(); turn++) {
            if (turn % 3 == 0) {
                dispatcher.flush();
            } else {
                dispatcher.runFor(Duration.ofNanos(turn % 7 * 9_973L));
            }
        }

        assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(all));
    }

    private void goOn(Request<ByteBuffer> request, SocketHandle socket, boolean sends) {
        assertThat(request.failure()).isNull();
        try {
            ByteBuffer buffer = request.result();
            if (buffer.hasRemaining()) {
                Request<ByteBuffer> again = sends
                        ? dispatcher.send(socket, buffer, request)
                        : dispatcher.receive(socket, buffer, request);
                assertThat(again).isSameAs(request);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- cancel, close ----

    @Test
    void aReceiveOfHalfAMegabyteIsCancelledAndTheSocketIsAsBefore() throws IOException {
        Pair pair = pair();
        Request<ByteBuffer> received = dispatcher.receive(
                pair.far(), ByteBuffer.allocateDirect(512 * 1024), ignoring());
        dispatcher.flush();
        dispatcher.cancel(received);
        await(received);
        assertThatThrownBy(received::count).isExactlyInstanceOf(OperationCanceledException.class);

        ByteBuffer target = ByteBuffer.allocate(1);
        dispatcher.send(pair.near(), bytes(5), ignoring());
        await(dispatcher.receive(pair.far(), target, ignoring()));
        assertHolds(target, 5);
        dispatcher.cancel(received);   // which ended long ago
    }

    @Test
    void oneThatWaitsForItsTurnIsCancelledAlone() throws IOException {
        Pair pair = pair();
        ByteBuffer target = ByteBuffer.allocate(1);
        Request<ByteBuffer> first = dispatcher.receive(pair.far(), target, ignoring());
        Request<ByteBuffer> second = dispatcher.receive(pair.far(), ByteBuffer.allocate(1), ignoring());
        Request<ByteBuffer> third = dispatcher.receive(pair.far(), ByteBuffer.allocate(1), ignoring());
        dispatcher.cancel(second);
        await(second);
        assertThat(second.failure()).isExactlyInstanceOf(OperationCanceledException.class);

        dispatcher.send(pair.near(), bytes(1, 2), ignoring());
        await(first, third);
        assertHolds(third.result(), 2);
    }

    @Test
    void cancelAllEndsEveryReadAndNothingIsWrittenAfterwards() throws IOException {
        List<ByteBuffer> targets = new ArrayList<>();
        List<SocketHandle> peers = new ArrayList<>();
        List<Object> called = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Pair pair = pair();
            ByteBuffer target = ByteBuffer.allocateDirect(64);
            targets.add(target);
            peers.add(pair.near());
            dispatcher.receive(pair.far(), target, called::add);
            dispatcher.receive(pair.far(), ByteBuffer.allocate(1), called::add);
        }
        dispatcher.flush();
        dispatcher.cancelAll();
        peers.forEach(peer -> dispatcher.send(peer, bytes(1, 2, 3), ignoring()));
        dispatcher.run();
        dispatcher.runFor(Duration.ofMillis(5));

        assertThat(called).isEmpty();
        assertThat(targets).allMatch(target -> target.position() == 0 && target.get(0) == 0);
    }

    /** Whether the connection is accepted before the cancel is heard of is the system's. */
    @Test
    void aConnectionThatACancelOfAllMeetsIsClosedOrLeftToTheNextAccept() throws IOException {
        SocketHandle listener = listener(1);
        Request<SocketHandle> accepted = dispatcher.accept(listener, ignoring());
        dispatcher.flush();
        int open = dispatcher.loop().openHandles();
        SocketChannel peer = outside(listener);
        dispatcher.cancelAll();
        assertThat(dispatcher.loop().openHandles()).isEqualTo(open);
        if (accepted.failure() != null) {
            Request<SocketHandle> next = dispatcher.accept(listener, ignoring());
            await(next);
            await(dispatcher.close(next.result(), ignoring()));
        }

        assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void aCloseEndsWhatIsPendingAndThenItself() throws IOException {
        Pair pair = pair();
        List<Request<?>> order = new ArrayList<>();
        Request<ByteBuffer> first = dispatcher.receive(pair.far(), ByteBuffer.allocate(1), order::add);
        Request<ByteBuffer> second = dispatcher.receive(pair.far(), ByteBuffer.allocate(1), order::add);
        Request<?> closed = dispatcher.close(pair.far(), order::add);
        assertThat(pair.far().isOpen()).isFalse();
        dispatcher.run();

        assertThat(first.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(second.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(closed.failure()).isNull();
        assertThat(order).hasSize(3);
        ByteBuffer late = ByteBuffer.allocate(1);
        Request<ByteBuffer> tooLate = dispatcher.receive(pair.far(), late, ignoring());
        await(tooLate, dispatcher.close(pair.far(), ignoring()));
        assertThat(tooLate.failure()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> pair.far().localAddress()).isExactlyInstanceOf(ClosedChannelException.class);
    }

    @Test
    void aWriteThatWaitsEndsWhenTheOutputIsShutDown() throws IOException {
        Pair pair = pair();
        Request<ByteBuffer> stuck = stuckSend(pair.near());
        pair.near().shutdownOutput();
        await(stuck);

        assertThat(stuck.failure()).isInstanceOf(IOException.class);
    }

    /** One that waits for room, as the peer reads nothing. */
    private Request<ByteBuffer> stuckSend(SocketHandle socket) throws IOException {
        ByteBuffer much = ByteBuffer.allocateDirect(16 << 20);
        Request<ByteBuffer> sent = dispatcher.send(socket, much, ignoring());
        await(sent);
        Request<ByteBuffer> stuck = sent;
        while (!stuck.isPending() && much.hasRemaining()) {
            stuck = dispatcher.send(socket, much, ignoring());
            dispatcher.runFor(Duration.ofMillis(2));
        }
        assertThat(stuck.isPending()).as("the peer reads nothing").isTrue();
        return stuck;
    }

    // ---- half-close, reset ----

    @Test
    void aShutdownComesAfterAllThatWasSentBefore() throws IOException {
        Pair pair = pair();
        List<Request<ByteBuffer>> sends = new ArrayList<>();
        for (int i = 0; i < 64; i++) {   // more than there is room for
            sends.add(dispatcher.send(pair.near(), ByteBuffer.allocateDirect(256 * 1024), ignoring()));
        }
        Request<SocketHandle> shut = dispatcher.shutdown(pair.near(), ignoring());
        Request<ByteBuffer> late = dispatcher.send(pair.near(), bytes(1), ignoring());
        dispatcher.flush();
        assertThat(shut.isPending()).isTrue();
        long received = receiveToTheEnd(pair.far());
        await(shut, late);

        long sent = 0;
        for (Request<ByteBuffer> each : sends) {
            sent += each.count();
        }
        assertThat(received).isEqualTo(sent);
        assertThat(shut.result()).isSameAs(pair.near());
        assertThat(late.failure()).isInstanceOf(SocketException.class).hasMessageContaining("Broken pipe");
    }

    private long receiveToTheEnd(SocketHandle socket) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(256 * 1024);
        long bytes = 0;
        while (true) {
            Request<ByteBuffer> received = dispatcher.receive(socket, target.clear(), ignoring());
            await(received);
            if (received.count() < 0) {
                return bytes;
            }
            bytes += received.count();
        }
    }

    @Test
    void aShutdownThatWaitsForItsTurnIsCalledOff() throws IOException {
        Pair pair = pair();
        Request<ByteBuffer> stuck = stuckSend(pair.near());
        Request<SocketHandle> shut = dispatcher.shutdown(pair.near(), ignoring());
        dispatcher.cancel(shut);
        await(shut);
        assertThat(shut.failure()).isExactlyInstanceOf(OperationCanceledException.class);
        assertThat(stuck.isPending()).isTrue();
        drain(pair.far(), stuck);
        stuck.check();
        Request<ByteBuffer> sent = dispatcher.send(pair.near(), bytes(1), ignoring());
        drain(pair.far(), sent);   // the one before may have left no room

        assertThat(sent.failure()).isNull();
    }

    /** Reads on without waiting until {@code send} has ended: what it sent may be read before its end is told. */
    private void drain(SocketHandle far, Request<ByteBuffer> send) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(1 << 20);
        while (send.isPending()) {
            far.tryReceive(target.clear());
            dispatcher.runFor(Duration.ofMillis(1));
        }
    }

    @Test
    void aRequestThatIsPendingShutsNothing() throws IOException {
        Pair pair = pair();
        Request<SocketHandle> pending = new Request<>(ignoring());
        dispatcher.accept(listener(1), pending);
        assertThatThrownBy(() -> dispatcher.shutdown(pair.near(), pending))
                .isExactlyInstanceOf(IllegalStateException.class).hasMessage("this request is pending");

        assertThat(pair.near().trySend(bytes(1))).isEqualTo(1);
    }

    @Test
    void aSocketThatIsClosedCannotBeShut() throws IOException {
        SocketHandle closed = dispatcher.openSocket(StandardProtocolFamily.INET);
        await(dispatcher.close(closed, ignoring()));
        Request<SocketHandle> shut = dispatcher.shutdown(closed, ignoring());
        assertThat(shut.isPending()).as("no callback inside the call").isTrue();
        await(shut);

        assertThat(shut.failure()).isExactlyInstanceOf(ClosedChannelException.class);
    }

    @Test
    void whoHasShutItsOutputReadsOn() throws IOException {
        Pair pair = pair();
        await(dispatcher.send(pair.near(), bytes(1), ignoring()), dispatcher.shutdown(pair.near(), ignoring()));
        assertThat(receiveToTheEnd(pair.far())).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            ByteBuffer target = ByteBuffer.allocate(4);
            await(dispatcher.send(pair.far(), bytes(i, 7), ignoring()),
                    dispatcher.receive(pair.near(), target, ignoring()));
            assertHolds(target, i, 7);
        }
        await(dispatcher.shutdown(pair.far(), ignoring()));

        assertThat(receiveToTheEnd(pair.near())).isZero();
    }

    @Test
    void anAcceptOfWhatIsNoListenerFailsAlone() throws IOException {
        Pair pair = pair();
        ByteBuffer target = ByteBuffer.allocate(1);
        Request<ByteBuffer> received = dispatcher.receive(pair.far(), target, ignoring());
        dispatcher.flush();   // it waits
        await(dispatcher.send(pair.near(), bytes(1), ignoring()), received);
        Request<SocketHandle> mistaken = dispatcher.accept(pair.far(), ignoring());
        await(mistaken);
        assertThat(mistaken.failure()).isNotNull();
        await(dispatcher.send(pair.near(), bytes(2), ignoring()));
        dispatcher.runFor(Duration.ofMillis(10));   // while bytes come that nobody waits for
        await(dispatcher.receive(pair.far(), target.clear(), ignoring()));

        assertHolds(target, 2);
    }

    @Test
    void aResetThatASendHasMetIsNoEndForAReceive() throws IOException {
        SocketHandle listener = listener(1);
        Request<SocketHandle> accepted = dispatcher.accept(listener, ignoring());
        SocketChannel peer = outside(listener);
        await(accepted);
        SocketHandle socket = accepted.result();
        peer.setOption(StandardSocketOptions.SO_LINGER, 0);
        peer.close();
        Request<ByteBuffer> sent = dispatcher.send(socket, bytes(1), ignoring());
        await(sent);
        assertThat(sent.failure()).isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
        for (int i = 0; i < 2; i++) {
            Request<ByteBuffer> received = dispatcher.receive(socket, ByteBuffer.allocate(1), ignoring());
            await(received);
            assertThat(received.failure()).isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
            assertThatThrownBy(() -> socket.tryReceive(ByteBuffer.allocate(1)))
                    .isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
        }
        socket.shutdownInput();
        Request<ByteBuffer> later = dispatcher.receive(socket, ByteBuffer.allocate(1), ignoring());
        await(later);
        assertThat(later.count()).isEqualTo(-1);
        assertThat(socket.tryReceive(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void aCloseThatDoesNotLingerResetsTheConnection() throws IOException {
        Pair pair = pair();
        Request<ByteBuffer> received = dispatcher.receive(pair.far(), ByteBuffer.allocate(1), ignoring());
        dispatcher.flush();
        pair.near().setOption(StandardSocketOptions.SO_LINGER, 0);
        await(dispatcher.close(pair.near(), ignoring()), received);
        assertThat(received.failure()).isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
        SocketHandle listener = listener(1);
        Request<SocketHandle> accepted = dispatcher.accept(listener, ignoring());
        SocketChannel peer = outside(listener);
        await(accepted);
        accepted.result().setOption(StandardSocketOptions.SO_LINGER, 0);
        await(dispatcher.close(accepted.result(), ignoring()));

        assertThatThrownBy(() -> peer.read(ByteBuffer.allocate(1))).isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
    }
}
