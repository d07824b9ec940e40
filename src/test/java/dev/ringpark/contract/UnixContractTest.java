package dev.ringpark.contract;

import static java.net.StandardSocketOptions.SO_LINGER;
import static java.net.StandardSocketOptions.SO_RCVBUF;
import static java.net.StandardSocketOptions.SO_REUSEADDR;
import static java.net.StandardSocketOptions.SO_SNDBUF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.LoopEnd;
import dev.ringpark.PendingOperation;
import dev.ringpark.UnixListener;
import dev.ringpark.UnixSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Unix sockets: paths and files, and what is other than with TCP. What they do with bytes is in the tests beside. */
class UnixContractTest extends Contract {
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final int LONGEST_PATH = 106;
    private static final UnixDomainSocketAddress UNNAMED = UnixDomainSocketAddress.of("");

    private UnixPath path;
    private UnixDomainSocketAddress address;

    @BeforeEach
    void makePath() throws IOException {
        path = closeLater(new UnixPath());
        address = path.address();
    }

    @Override
    UnixListener listener() throws IOException {
        return Held.hold(UnixListener.bind(loop, address));
    }

    // ---- a pair ----

    @Test
    void aClientAndAServerTalk() throws Exception {
        UnixListener listener = listener();
        Call<UnixSocket> accept = parked(listener::accept);
        UnixSocket client = call(() -> UnixSocket.connect(loop, address)).result();
        UnixSocket server = accept.result();

        assertPasses(new Streams(client, server));
        assertPasses(new Streams(server, client));
        assertThat(client.isConnected()).isTrue();
        assertThat(server.isConnected()).isTrue();
    }

    @Test
    void theJdksSocketsAreAtTheOtherEndToo() throws Exception {
        listener();
        SocketChannel far = closeLater(SocketChannel.open(address));
        try (ServerSocketChannel theirs = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            theirs.bind(UnixDomainSocketAddress.of(path.path(60)));
            UnixSocket near = UnixSocket.connect(loop, theirs.getLocalAddress());
            assertThat(call(() -> near.write(Sequence.bytes(9), 0, 9)).result()).isEqualTo(9);
            try (SocketChannel accepted = theirs.accept()) {
                assertThat(accepted.read(ByteBuffer.allocate(20))).isEqualTo(9);
            }
        }
        assertThat(far.isConnected()).isTrue();
    }

    @Test
    void severalThreadsAcceptAndEachConnectionGoesToOneOfThem() throws Exception {
        UnixListener listener = listener();
        List<Call<UnixSocket>> accepts = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            accepts.add(parked(listener::accept));
        }
        for (int i = 0; i < 5; i++) {
            UnixSocket client = UnixSocket.connect(loop, address);
            assertPasses(new Streams(client, accepts.get(i).result()));
        }
    }

    // ---- addresses ----

    @Test
    void addressesAreThoseThatWereBoundAndTheOthersAreUnnamed() throws Exception {
        UnixListener listener = listener();
        UnixSocket client = UnixSocket.open(loop);
        assertThat(client.getLocalAddress()).isNull();
        assertThat(client.getRemoteAddress()).isNull();
        call(() -> client.connect(address)).result();
        UnixSocket server = call(() -> listener.accept()).result();

        assertThat(listener.getLocalAddress()).isEqualTo(address);
        assertThat(client.getRemoteAddress()).isEqualTo(address);
        assertThat(client.getLocalAddress()).isEqualTo(UNNAMED);
        assertThat(server.getLocalAddress()).isEqualTo(address);
        assertThat(server.getRemoteAddress()).isEqualTo(UNNAMED);
        assertThat(client).asString().contains(" to " + path.path());
        assertThat(server).asString().contains(" to an unnamed peer");
    }

    @Test
    void aClientThatIsBoundIsKnownByItsName() throws Exception {
        UnixListener listener = listener();
        SocketAddress own = UnixDomainSocketAddress.of(path.path(70));
        UnixSocket client = UnixSocket.open(loop).bind(own);
        assertThat(client.getLocalAddress()).isEqualTo(own);
        call(() -> client.connect(address)).result();

        assertThat(call(() -> listener.accept()).result().getRemoteAddress()).isEqualTo(own);
        assertThat(failureOf(() -> client.bind(null))).isExactlyInstanceOf(AlreadyBoundException.class);
    }

    @Test
    void aPathMayBeRelativeAndHaveLettersOfAnyLanguage() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        Path odd = path.path().resolveSibling("b\u00fccher");
        for (Path each : List.of(odd, here.relativize(path.path(80)))) {
            UnixDomainSocketAddress one = UnixDomainSocketAddress.of(each);
            UnixListener listener = UnixListener.bind(loop, one);
            assertThat(listener.getLocalAddress()).isEqualTo(one);
            assertThat(Files.exists(each)).isTrue();
            assertThat(UnixSocket.connect(loop, one).getRemoteAddress()).isEqualTo(one);
        }
    }

    @Test
    void aListenerWithoutAnAddressGetsATemporaryOneOfItsOwn() throws Exception {
        UnixListener one = UnixListener.bind(loop, null);
        UnixListener two = UnixListener.open(loop).bind(null);
        UnixDomainSocketAddress first = (UnixDomainSocketAddress) one.getLocalAddress();
        UnixDomainSocketAddress second = (UnixDomainSocketAddress) two.getLocalAddress();
        try {
            assertThat(first).isNotEqualTo(second);
            assertThat(first.getPath()).hasParent(Path.of(System.getProperty("java.io.tmpdir")));
            assertThat(UnixSocket.connect(loop, first).isConnected()).isTrue();
        } finally {
            Files.delete(first.getPath());
            Files.delete(second.getPath());
        }
    }

    @Test
    void aSocketMayBeBoundToNoName() throws Exception {
        listener();
        for (SocketAddress none : new SocketAddress[] {null, UNNAMED}) {
            UnixSocket client = UnixSocket.open(loop).bind(none);
            call(() -> client.connect(address)).result();
            assertThat(client.getLocalAddress()).isEqualTo(UNNAMED);
        }
        assertThat(failureOf(() -> UnixListener.bind(loop, UNNAMED))).isExactlyInstanceOf(BindException.class)
                .hasMessage("Server socket cannot bind to unnamed address");
    }

    // ---- refused ----

    @Test
    void theLongestPathWorksAndALongerOneIsRefused() throws Exception {
        int most = flavor.isOn("kqueue") ? LONGEST_PATH - 4 : LONGEST_PATH;
        SocketAddress longest = UnixDomainSocketAddress.of(path.path(most));
        UnixListener listener = UnixListener.bind(loop, longest);
        assertThat(listener.getLocalAddress()).isEqualTo(longest);
        UnixSocket client = call(() -> UnixSocket.connect(loop, longest)).result();
        assertThat(client.getRemoteAddress()).isEqualTo(longest);

        for (int bytes : new int[] {most + 1, most + 2, most + 3, 250}) {
            SocketAddress longer = UnixDomainSocketAddress.of(path.path(bytes));
            assertTooLong(failureOf(() -> UnixListener.bind(loop, longer)));
            assertTooLong(failureOf(() -> UnixSocket.connect(loop, longer)));
            UnixSocket socket = UnixSocket.open(loop);
            assertTooLong(failureOf(() -> socket.bind(longer)));
            assertThat(socket.isOpen()).isTrue();
            assertTooLong(failureOf(() -> socket.connect(longer)));
            assertThat(socket.isOpen()).isFalse();
        }
    }

    @Test
    void aConnectedSocketStaysConnectedWhateverPathIsAskedFor() throws Exception {
        UnixListener listener = listener();
        UnixSocket near = call(() -> UnixSocket.connect(loop, address)).result();
        UnixSocket far = call(listener::accept).result();
        SocketAddress longer = UnixDomainSocketAddress.of(path.path(LONGEST_PATH + 1));
        assertThat(failureOf(() -> near.connect(longer))).isExactlyInstanceOf(AlreadyConnectedException.class);
        call(() -> {
            near.out().write(7);
            return null;
        }).result();

        assertThat(call(() -> far.in().read()).result()).isEqualTo(7);
    }

    private static void assertTooLong(Throwable failure) {
        assertThat(failure).isExactlyInstanceOf(SocketException.class).message()
                .startsWith("Unix domain path too long");
    }

    @Test
    void aFileThatAListenerLeftOverIsInUseAndTheMessageSaysWhatToDo() throws Exception {
        listener().close();
        assertThat(Files.exists(path.path())).as("closing deletes nothing").isTrue();
        assertRefused(() -> UnixSocket.connect(loop, address));

        assertInUse(failureOf(() -> UnixListener.bind(loop, address)));
        UnixListener again = UnixListener.open(loop);
        assertInUse(failureOf(() -> again.bind(address)));
        assertThat(again.isOpen()).isTrue();
        UnixSocket socket = UnixSocket.open(loop);
        assertInUse(failureOf(() -> socket.bind(address)));
        assertThat(socket.isOpen()).isTrue();
        Files.delete(path.path());
        assertThat(again.bind(address).getLocalAddress()).isEqualTo(address);
        assertThat(failureOf(() -> again.bind(address))).isExactlyInstanceOf(AlreadyBoundException.class);
    }

    private void assertInUse(Throwable failure) {
        assertThat(failure).isExactlyInstanceOf(BindException.class).message()
                .startsWith("Address already in use").contains(path.path().toString()).endsWith("delete the file");
    }

    private void assertRefused(Callable<?> connect) throws Exception {
        assertThat(failureOf(connect)).isExactlyInstanceOf(ConnectException.class)
                .hasMessage("Connection refused: " + path.path());
    }

    @Test
    void whereNoFileIsOrAnotherFileNobodyListens() throws Exception {
        UnixSocket socket = UnixSocket.open(loop);
        assertThat(failureOf(() -> socket.connect(address))).isExactlyInstanceOf(SocketException.class).message()
                .startsWith("No such file or directory").endsWith(": " + path.path());
        assertThat(socket.isOpen()).isFalse();
        Files.createFile(path.path());
        assertRefused(() -> UnixSocket.connect(loop, address, Duration.ofMinutes(1)));
        assertRefusedIn(path.path().resolve("below"), "Not a directory");
        assertRefusedIn(path.path(40).resolve("below"), "No such file or directory");
    }

    private void assertRefusedIn(Path nowhere, String message) throws Exception {
        SocketAddress below = UnixDomainSocketAddress.of(nowhere);
        assertThat(failureOf(() -> UnixSocket.connect(loop, below))).isExactlyInstanceOf(SocketException.class)
                .message().startsWith(message);
        assertThat(failureOf(() -> UnixListener.bind(loop, below))).isExactlyInstanceOf(SocketException.class)
                .message().startsWith(message);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void whoMayNotWriteToTheFileMayNotConnectAndWhoMayNotMakeOneMayNotBind() throws Exception {
        listener();
        assumeTrue((Integer) Files.getAttribute(path.path(), "unix:uid") != 0, "root may do both");
        Files.setPosixFilePermissions(path.path(), Set.of());
        assertThat(failureOf(() -> UnixSocket.connect(loop, address))).isExactlyInstanceOf(SocketException.class)
                .message().startsWith("Permission denied").endsWith(": " + path.path());
        SocketAddress others = UnixDomainSocketAddress.of("/ringpark.socket");
        assertThat(failureOf(() -> UnixListener.bind(loop, others))).isExactlyInstanceOf(BindException.class)
                .hasMessage("Permission denied: " + others);
    }

    @Test
    void addressesOfOtherFamiliesAreRefused() throws Exception {
        SocketAddress inet = new InetSocketAddress(1);
        UnixSocket socket = UnixSocket.open(loop);
        UnixListener listener = UnixListener.open(loop);
        for (Callable<?> call : List.<Callable<?>>of(
                () -> socket.bind(inet), () -> socket.connect(inet), () -> UnixSocket.connect(loop, inet),
                () -> listener.bind(inet), () -> UnixListener.bind(loop, inet))) {
            assertThat(failureOf(call)).isExactlyInstanceOf(UnsupportedAddressTypeException.class);
        }
        assertThat(socket.isOpen()).isTrue();
        assertThat(listener.isOpen()).isTrue();
    }

    @Test
    void whatIsNotBoundOrNotConnectedSaysSo() throws Exception {
        assertThat(failureOf(() -> UnixListener.open(loop).accept())).isExactlyInstanceOf(NotYetBoundException.class);
        UnixSocket socket = UnixSocket.open(loop);
        assertThat(failureOf(() -> socket.read(new byte[1], 0, 1)))
                .isExactlyInstanceOf(NotYetConnectedException.class);
        assertThat(failureOf(socket::getPeerCredentials)).isExactlyInstanceOf(NotYetConnectedException.class);
        listener();
        call(() -> socket.connect(address)).result();
        assertThat(failureOf(() -> socket.connect(address))).isExactlyInstanceOf(AlreadyConnectedException.class);
        assertThat(socket.isOpen()).isTrue();
    }

    // ---- a peer that has gone ----

    @Test
    void aPeerThatClosesWithBytesUnreadResetsAndTheResetIsToldEachTime() throws Exception {
        Foreign connection = Foreign.unix(loop);
        call(() -> connection.near().write(new byte[3], 0, 3)).result();
        connection.write(Sequence.bytes(2));
        connection.close();

        assertThat(call(() -> Flow.read(connection.near(), 2, 5)).result()).isEqualTo(2);
        for (int i = 0; i < 3; i++) {
            assertThat(failureOf(() -> connection.near().read(new byte[1], 0, 1)))
                    .isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
        }
        assertThat(connection.near().isOpen()).isTrue();
        assertThat(connection.near().getRemoteAddress()).isNotNull();
    }

    @Test
    void aWriteToAPeerThatHasClosedIsABrokenPipe() throws Exception {
        Foreign connection = Foreign.unix(loop);
        connection.close();

        assertThat(failureOf(() -> connection.near().write(new byte[1], 0, 1)))
                .isExactlyInstanceOf(SocketException.class).hasMessage("Broken pipe");
        assertThat(failureOf(() -> connection.near().write(ByteBuffer.allocateDirect(1)))).hasMessage("Broken pipe");
        assertThat(call(() -> connection.near().read(new byte[1], 0, 1)).result()).isEqualTo(-1);
    }

    @Test
    void aPeerThatClosesEndsAParkedWrite() throws Exception {
        Streams pair = Streams.unix(loop);
        Call<Void> write = parked(Flow.writeTooMuch(pair.near()));
        pair.far().close();

        assertThat(write.failure()).isExactlyInstanceOf(SocketException.class);
        assertThat(pair.near().isOpen()).isTrue();
    }

    @Test
    void whatIsWrittenToAPeerThatShutItsInputIsABrokenPipe() throws Exception {
        Streams pair = Streams.unix(loop);
        call(() -> pair.near().write(Sequence.bytes(5), 0, 5)).result();
        pair.far().shutdownInput();

        assertThat(failureOf(() -> pair.near().write(new byte[1], 0, 1))).hasMessage("Broken pipe");
        assertThat(call(() -> pair.far().read(new byte[9], 0, 9)).result()).isEqualTo(-1);
        assertPasses(pair);
    }

    // ---- early ends ----

    @Test
    void whoHadToWaitForRoomIsToldThatThePeerReadsNoMore() throws Exception {
        Streams unix = Streams.unix(loop);
        ByteBuffer much = ByteBuffer.allocateDirect(1 << 24);
        Call<Void> writer = call(() -> {
            while (true) {
                unix.near().write(much.clear(), SHORT);
            }
        });
        assertThat(writer.failure()).isExactlyInstanceOf(SocketTimeoutException.class);
        unix.far().shutdownInput();

        assertThat(failureOf(() -> unix.near().write(much.clear())))
                .isExactlyInstanceOf(SocketException.class).hasMessageContaining("Broken pipe");
    }

    @Test
    void aConnectToAFullBacklogWaitsOrSaysSo() throws Exception {
        UnixListener listener = Held.hold(UnixListener.bind(loop, address, 1));
        UnixSocket first = UnixSocket.connect(loop, address);
        UnixSocket second = UnixSocket.connect(loop, address);   // Linux takes one more than it is told
        if (flavor.isOn("kqueue")) {
            assertThat(failureOf(() -> UnixSocket.connect(loop, address))).isExactlyInstanceOf(ConnectException.class)
                    .message().startsWith("Connection refused");
            return;
        }
        if (!flavor.isOn("io_uring")) {
            assertThat(failureOf(() -> UnixSocket.connect(loop, address))).isExactlyInstanceOf(SocketException.class)
                    .message().startsWith("Resource temporarily unavailable");
            return;
        }
        assertThat(failureOf(() -> UnixSocket.connect(loop, address, SHORT)))
                .isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Connect timed out");
        Call<UnixSocket> third = parked(() -> UnixSocket.connect(loop, address));
        for (UnixSocket client : List.of(first, second)) {
            assertPasses(new Streams(client, call(() -> listener.accept()).result()));
        }
        assertPasses(new Streams(third.result(), call(() -> listener.accept()).result()));
    }

    /** The kernel tries such a connect some times, then gives it to a worker: an interrupt may come at any moment. */
    @Test
    void anInterruptEndsSuchAConnectWhoeverHasIt() throws Exception {
        fillTheBacklog();
        Seed seed = new Seed().tell(flavor + ", connects that are interrupted");
        SplittableRandom random = seed.random(0);
        for (int round = 0; round < 200; round++) {
            Call<UnixSocket> hopeless = call(() -> UnixSocket.connect(loop, address));
            for (int spins = random.nextInt(20_000); spins > 0; spins--) {
                Thread.onSpinWait();
            }
            hopeless.thread().interrupt();
            assertThat(hopeless.failure()).as("round %d of seed %s", round, seed)
                    .isExactlyInstanceOf(ClosedByInterruptException.class);
        }
    }

    private void fillTheBacklog() throws Exception {
        assumeTrue(flavor.isOn("io_uring"), "the JDK's own connect fails if the backlog is full");
        Held.hold(UnixListener.bind(loop, address, 1));
        UnixSocket.connect(loop, address);
        UnixSocket.connect(loop, address);
    }

    @Test
    void closingTheLoopEndsThemAll() throws Exception {
        UnixListener listener = listener();
        UnixSocket client = UnixSocket.connect(loop, address);
        call(() -> listener.accept()).result();
        List<Call<?>> calls = List.of(parked(listener::accept), parked(() -> client.read(new byte[1], 0, 1)));
        loop.close();

        for (Call<?> call : calls) {
            assertThat(call.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
        assertThatThrownBy(() -> UnixSocket.connect(loop, address)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatHasNotEndedIsNamedByItsPath() throws Exception {
        assumeTrue(flavor.isCarried(), "threads that are handed over cannot hold the loop up");
        listener();
        UnixSocket client = UnixSocket.connect(loop, address);
        Call<Integer> read = parked(() -> client.read(new byte[1], 0, 1));
        AtomicBoolean letGo = new AtomicBoolean();
        CountDownLatch computes = new CountDownLatch(1);
        Call<Boolean> computing = call(() -> {
            computes.countDown();
            while (!letGo.get()) {
                Thread.onSpinWait();
            }
            return true;
        });
        computes.await();
        LoopEnd end = loop.close(Duration.ofMillis(20));
        letGo.set(true);

        assertThat(end.pending()).filteredOn(each -> each.kind().equals("read")).singleElement()
                .extracting(PendingOperation::socket).asString().endsWith(" to " + path.path());
        assertThat(computing.result()).isTrue();
        assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void aLostSocketIsClosed() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address).configureBlocking(false);
            assertThat(UnixSocket.connect(loop, address).isOpen()).isTrue();
            SocketChannel far = closeLater(listener.accept());
            far.configureBlocking(false);
            Eventually.until(() -> {
                System.gc();
                return isAtItsEnd(far);
            }, "closed a lost socket");
        }
    }

    private static boolean isAtItsEnd(SocketChannel far) {
        try {
            return far.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- options ----

    @Test
    void optionsAreTheJdksOfThisFamily() throws Exception {
        UnixListener listener = listener();
        UnixSocket socket = UnixSocket.open(loop);

        assertThat(socket.supportedOptions()).containsExactlyInAnyOrder(SO_LINGER, SO_RCVBUF, SO_SNDBUF);
        assertThat(listener.supportedOptions()).containsExactlyInAnyOrder(SO_RCVBUF);
        assertThat(socket.setOption(SO_SNDBUF, 32_768).getOption(SO_SNDBUF)).isEqualTo(32_768);
        assertThat(socket.setOption(SO_LINGER, 3).getOption(SO_LINGER)).isEqualTo(3);
        assertThat(listener.setOption(SO_RCVBUF, 32_768).getOption(SO_RCVBUF)).isEqualTo(32_768);
        assertThat(failureOf(() -> listener.setOption(SO_REUSEADDR, true)))
                .isExactlyInstanceOf(UnsupportedOperationException.class);
    }
}
