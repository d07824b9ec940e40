package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connecting by name: looked up beside the loop, one address after the other, within one deadline. */
class NamesContractTest extends Contract {
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final Duration ENOUGH = Duration.ofSeconds(1);   // to be refused once, also on a busy machine
    private static final Duration LONG = Duration.ofMinutes(1);

    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger lookUps = new AtomicInteger();

    /** A resolver that answers late, and hears no interrupt, as the system's does not. */
    private InetAddress[] answerLate() {
        lookUps.incrementAndGet();
        boolean isReleased = false;
        while (!isReleased) {
            try {
                release.await();
                isReleased = true;
            } catch (InterruptedException unheard) {
                // As the system's resolver does, it goes on.
            }
        }
        return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
    }

    @AfterEach
    void releaseTheResolver() {
        release.countDown();
    }

    private TcpListener listen(String address, int port) throws Exception {
        return TcpListener.bind(loop, new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    private static int port(TcpListener listener) throws Exception {
        return ((InetSocketAddress) Objects.requireNonNull(listener.getLocalAddress())).getPort();
    }

    // ---- where it leads ----

    @Test
    void aNameLeadsToTheMachineThatHasItFromAnyThread() throws Exception {
        TcpListener listener = TcpListener.bind(loop, new InetSocketAddress(0));
        CarrierLoop other = anotherLoop();
        List<Function<Runnable, Thread>> starters = List.of(loop::startVirtualThread, Thread.ofVirtual()::start,
                Thread.ofPlatform()::start, other::startVirtualThread);
        for (Function<Runnable, Thread> starter : starters) {
            for (String host : List.of("localhost", MadeUpNames.of("127.0.0.1"))) {
                TcpSocket near = call(starter, () -> TcpSocket.connect(loop, host, port(listener))).result();
                assertPasses(new Pair(near, listener.accept()));
                assertThat(near.loop()).isSameAs(loop);
            }
        }
    }

    @Test
    void theFirstAddressThatAnswersIsTaken() throws Exception {
        TcpListener listener = listen("127.0.0.3", 0);
        int port = port(listener);
        TcpListener later = listen("127.0.0.4", port);
        String name = MadeUpNames.of("127.0.0.5", "127.0.0.6", "127.0.0.3", "127.0.0.4");

        TcpSocket socket = call(() -> TcpSocket.connect(loop, name, port, LONG)).result();

        assertThat(socket.getRemoteAddress()).isEqualTo(listener.getLocalAddress());
        assertPasses(new Pair(socket, listener.accept()));
        assertThat(failureOf(() -> later.accept(SHORT))).isExactlyInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void anAddressInPlaceOfANameNeedsNoResolver() throws Exception {
        CarrierLoop other = closeLater(flavor.start(flavor.options().withOffload(1, 0)));
        String name = MadeUpNames.of(this::answerLate);
        TcpListener listener = listen("127.0.0.1", 0);
        Call<TcpSocket> waits = call(other::startVirtualThread, () -> TcpSocket.connect(other, name, port(listener)));
        Eventually.until(() -> lookUps.get() == 1, "looks it up");

        assertThat(call(() -> TcpSocket.connect(other, "127.0.0.1", port(listener))).result().isConnected()).isTrue();
        assertThat(failureOf(() -> TcpSocket.connect(other, "::1", port(listener))))
                .isInstanceOf(SocketException.class);
        release.countDown();
        assertThat(waits.result().isConnected()).isTrue();
    }

    @Test
    void theLoopGoesOnWhileANameIsLookedUp() throws Exception {
        TcpListener listener = listen("127.0.0.1", 0);
        String name = MadeUpNames.of(this::answerLate);
        Call<TcpSocket> connect = call(() -> TcpSocket.connect(loop, name, port(listener)));
        Eventually.until(() -> lookUps.get() == 1, "looks it up");

        assertPasses(pair());
        assertThat(connect.isDone()).isFalse();
        release.countDown();
        assertPasses(new Pair(connect.result(), listener.accept()));
    }

    // ---- why it does not ----

    @Test
    void anUnknownNameIsToldInTheWordsOfTheJdk() throws Exception {
        MadeUpNames.Answer none = () -> {
            throw new UnknownHostException("nobody has that name");
        };
        Throwable ofTheJdk = failureOf(() -> InetAddress.getAllByName(MadeUpNames.of(none)));

        assertThat(failureOf(() -> TcpSocket.connect(loop, MadeUpNames.of(none), 80)))
                .isExactlyInstanceOf(UnknownHostException.class).hasMessage(ofTheJdk.getMessage());
        assertThat(failureOf(() -> TcpSocket.connect(loop, "[::1", 80)))
                .isExactlyInstanceOf(UnknownHostException.class).hasMessage("[::1: invalid IPv6 address literal");
    }

    @Test
    void whenNoAddressAnswersTheLastFailureHasTheOthers() throws Exception {
        int port = ownAddress().getPort();
        String name = MadeUpNames.of("127.0.0.5", "127.0.0.6", "127.0.0.1");

        Throwable failure = failureOf(() -> TcpSocket.connect(loop, name, port));

        assertThat(failure).isExactlyInstanceOf(ConnectException.class).hasMessage("Connection refused");
        assertThat(failure.getSuppressed()).hasSize(2)
                .allSatisfy(each -> assertThat(each).isExactlyInstanceOf(ConnectException.class));
        assertThat(failureOf(() -> TcpSocket.connect(loop, MadeUpNames.of("127.0.0.1"), port)).getSuppressed())
                .isEmpty();
    }

    @Test
    void theDeadlineHoldsForLookingUpToo() throws Exception {
        String name = MadeUpNames.of(this::answerLate);

        assertThat(failureOf(() -> TcpSocket.connect(loop, name, 80, SHORT)))
                .isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Connect timed out");
    }

    /** A listener with as many waiting as it may have does not answer. */
    @Test
    void theDeadlineHoldsForAllAddressesTogether() throws Exception {
        TcpListener silent = TcpListener.bind(loop, Loopback.anyPort(), 1);
        peerOf(silent);
        peerOf(silent);
        int port = port(silent);
        TcpListener later = listen("127.0.0.4", port);
        String name = MadeUpNames.of("127.0.0.5", "127.0.0.1", "127.0.0.4");

        Throwable failure = failureOf(() -> TcpSocket.connect(loop, name, port, ENOUGH));

        assertThat(failure).isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Connect timed out");
        assertThat(failure.getSuppressed()).singleElement().isExactlyInstanceOf(ConnectException.class);
        assertThat(failureOf(() -> later.accept(SHORT))).isExactlyInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void anInterruptEndsTheLookingUpAndTheStatusStays() throws Exception {
        String name = MadeUpNames.of(this::answerLate);
        Call<TcpSocket> connect = call(() -> TcpSocket.connect(loop, name, 80));
        Eventually.until(() -> lookUps.get() == 1, "looks it up");

        connect.thread().interrupt();

        assertThat(connect.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(connect.endedInterrupted()).isTrue();
    }

    @Test
    void whoIsInterruptedAlreadyLooksNothingUp() throws Exception {
        String name = MadeUpNames.of(this::answerLate);
        for (String host : List.of(name, "127.0.0.1")) {
            Call<TcpSocket> connect = call(() -> {
                Thread.currentThread().interrupt();
                return TcpSocket.connect(loop, host, 80);
            });
            assertThat(connect.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
            assertThat(connect.endedInterrupted()).isTrue();
        }
        assertThat(lookUps).hasValue(0);
    }

    @Test
    void closingTheLoopEndsTheLookingUp() throws Exception {
        CarrierLoop other = anotherLoop();
        String name = MadeUpNames.of(this::answerLate);
        Call<TcpSocket> connect = call(other::startVirtualThread, () -> TcpSocket.connect(other, name, 80));
        Eventually.until(() -> lookUps.get() == 1, "looks it up");

        other.close();

        assertThat(connect.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(failureOf(() -> TcpSocket.connect(other, name, 80))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPortOutOfRangeOrANegativeTimeoutIsRefusedBeforeAnythingIsLookedUp() throws Exception {
        String name = MadeUpNames.of(this::answerLate);
        for (int port : new int[] {-1, 65_536, Integer.MIN_VALUE}) {
            assertThat(failureOf(() -> TcpSocket.connect(loop, name, port)))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("port is " + port + "; it has to be 0 to 65535");
        }
        assertThat(failureOf(() -> TcpSocket.connect(loop, name, 80, Duration.ofNanos(-1))))
                .isExactlyInstanceOf(IllegalArgumentException.class);
        assertThat(lookUps).hasValue(0);
    }
}
