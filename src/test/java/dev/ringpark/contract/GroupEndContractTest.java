package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.Accepting;
import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopEnd;
import dev.ringpark.LoopGroup;
import dev.ringpark.LoopServer;
import dev.ringpark.PendingOperation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers and groups that end with limited patience. */
class GroupEndContractTest extends Contract {
    private static final Duration ENDLESS = Duration.ofDays(1);   // no test lives to see it over
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final LoopEnd COMPLETE = new LoopEnd(true, List.of());

    private final Queue<Throwable> ends = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean letGo = new AtomicBoolean();
    private LoopGroup group;

    @BeforeEach
    void startAGroup() throws IOException {
        group = closeLater(LoopGroup.start(2, flavor.options()));
    }

    @AfterEach
    void letGoOfALoopThatIsHeldUp() {
        letGo.set(true);
    }

    /** A server that notes what its handlers end with. */
    private LoopServer echoServer(Accepting accepting) throws IOException {
        return group.serve(Loopback.anyPort(), accepting, socket -> {
            try {
                socket.in().transferTo(socket.out());
            } catch (IOException e) {
                ends.add(e);
            }
        });
    }

    private Socket clientOf(LoopServer server) throws IOException {
        InetSocketAddress address = server.getLocalAddress();
        Socket client = closeLater(new Socket(address.getAddress(), address.getPort()));
        client.setSoTimeout((int) Eventually.LONG_SECONDS * 1000);
        return client;
    }

    /** One whose handler is in the midst of it. */
    private Socket servedClientOf(LoopServer server) throws IOException {
        Socket client = clientOf(server);
        assertIsServed(client);
        return client;
    }

    private static void assertIsServed(Socket client) throws IOException {
        client.getOutputStream().write('?');
        assertThat(client.getInputStream().read()).isEqualTo('?');
    }

    /** As the handler greets it. */
    private Socket greetedClientOf(LoopServer server) throws IOException {
        Socket client = clientOf(server);
        assertThat(client.getInputStream().read()).isEqualTo('!');
        return client;
    }

    /** One whose handlers greet, and do not leave their loops. */
    private LoopServer serverThatHoldsUpItsLoops() throws IOException {
        return group.serve(Loopback.anyPort(), socket -> {
            socket.out().write('!');
            holdUp(() -> { });
        });
    }

    private Call<Integer> closing(LoopServer server, Duration patience) {
        return call(Thread.ofPlatform()::start, () -> server.close(patience));
    }

    // ---- a server ----

    @Test
    void aServerThatEndsGracefullyTakesNoNewClientsAndWaitsForTheOthers() throws Exception {
        for (Accepting accepting : Accepting.values()) {
            LoopServer server = echoServer(accepting);
            Socket client = servedClientOf(server);

            Call<Integer> closing = closing(server, ENDLESS);

            server.awaitEnd();
            assertThatThrownBy(() -> clientOf(server)).isInstanceOf(ConnectException.class);
            assertIsServed(client);
            assertThat(closing.isDone()).isFalse();
            client.shutdownOutput();
            assertThat(closing.result()).isZero();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(ends).isEmpty();
    }

    @Test
    void aServerWithoutClientsEndsAtOnce() throws Exception {
        for (Accepting accepting : Accepting.values()) {
            LoopServer server = echoServer(accepting);
            servedClientOf(server).close();

            assertThat(closing(server, ENDLESS).result()).isZero();
            assertThat(closing(server, ENDLESS).result()).isZero();
        }
    }

    @Test
    void whoIsNotDoneInTimeIsCutOffAndCounted() throws Exception {
        for (Accepting accepting : Accepting.values()) {
            ends.clear();
            LoopServer server = echoServer(accepting);
            List<Socket> clients = List.of(servedClientOf(server), servedClientOf(server), servedClientOf(server));
            clients.getFirst().shutdownOutput();
            assertThat(clients.getFirst().getInputStream().read()).isEqualTo(-1);

            assertThat(closing(server, SHORT).result()).isEqualTo(2);

            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            Eventually.until(() -> ends.size() == 2, "told both handlers");
            assertThat(ends).hasOnlyElementsOfType(AsynchronousCloseException.class);
            assertThat(group.isOpen()).isTrue();
        }
    }

    @Test
    void aServerWithoutPatienceCutsOffAtOnceAndDoesNotWaitForHandlers() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        LoopServer server = group.serve(Loopback.anyPort(), socket -> {
            socket.out().write('!');
            letGo.await();
        });
        Socket client = greetedClientOf(server);

        assertThat(closing(server, Duration.ZERO).result()).isEqualTo(1);

        assertThat(client.getInputStream().read()).isEqualTo(-1);
        letGo.countDown();
        assertThat(closing(server, ENDLESS).result()).isZero();
    }

    @Test
    void aHandlerThatHoldsItsLoopUpIsNotWaitedForAndItsConnectionIsClosedLater() throws Exception {
        assumeTrue(LoopRig.isCarried(flavor), "threads that are handed over cannot hold the loop up");
        LoopServer server = serverThatHoldsUpItsLoops();
        Socket client = greetedClientOf(server);

        assertThat(closing(server, SHORT).result()).isEqualTo(1);

        letGo.set(true);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(closing(server, ENDLESS).result()).isZero();
    }

    @Test
    void anInterruptEndsThePatience() throws Exception {
        LoopServer server = echoServer(Accepting.ON_ONE_LOOP);
        Socket client = servedClientOf(server);
        Call<Integer> closing = closing(server, ENDLESS);
        server.awaitEnd();

        closing.thread().interrupt();

        assertThat(closing.result()).isEqualTo(1);
        assertThat(closing.endedInterrupted()).isTrue();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void anInterruptEndsThePatienceWithALoopThatIsHeldUp() throws Exception {
        assumeTrue(LoopRig.isCarried(flavor), "threads that are handed over cannot hold the loop up");
        LoopServer server = serverThatHoldsUpItsLoops();
        Socket client = greetedClientOf(server);
        Call<Integer> closing = closing(server, ENDLESS);
        Eventually.until(() -> !server.isOpen(), "begun to close");

        closing.thread().interrupt();

        assertThat(closing.result()).isEqualTo(1);
        assertThat(closing.endedInterrupted()).isTrue();
        letGo.set(true);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void negativePatienceIsRefusedAndAllGoesOn() throws Exception {
        LoopServer server = echoServer(Accepting.ON_ONE_LOOP);
        Duration negative = Duration.ofNanos(-1);

        assertThatThrownBy(() -> server.close(negative)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeout is PT-0.000000001S; it must not be negative");
        assertThatThrownBy(() -> group.close(negative)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeout is PT-0.000000001S; it must not be negative");

        servedClientOf(server);
    }

    // ---- a group ----

    @Test
    void aGroupThatEndsInTimeIsCompletelyClosed() throws Exception {
        LoopServer server = echoServer(Accepting.ON_EVERY_LOOP);
        Socket client = servedClientOf(server);

        assertThat(group.close(ENDLESS)).isEqualTo(COMPLETE);

        assertThat(group.isOpen()).isFalse();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(group.close(Duration.ZERO)).isEqualTo(COMPLETE);
    }

    @Test
    void whatHoldsItsLoopUpIsNotWaitedForAndTheOtherLoopsEnd() throws Exception {
        assumeTrue(LoopRig.isCarried(flavor), "threads that are handed over cannot hold the loop up");
        CarrierLoop held = group.loops().getFirst();
        CarrierLoop other = group.loops().getLast();
        Pair pair = Pair.on(held);
        Pair elsewhere = Pair.on(other);
        Call<Integer> reader = new Call<>(held, held::startVirtualThread, () -> pair.near().read(new byte[1], 0, 1));
        reader.whenParked();
        holdUp(held);

        LoopEnd end = call(Thread.ofPlatform()::start, () -> group.close(Duration.ZERO)).result();

        assertThat(end.isComplete()).isFalse();
        assertThat(end.pending()).contains(
                new PendingOperation("read", pair.near().toString().replaceFirst(".*?\\[(.*), closed]", "$1"),
                        reader.thread()));
        assertThat(other.close(ENDLESS)).isEqualTo(COMPLETE);
        assertThat(elsewhere.near().isOpen()).isFalse();
        letGo.set(true);
        assertThat(group.close(ENDLESS)).isEqualTo(COMPLETE);
        assertThat(reader.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void noLoopHasToWaitUntilThoseBeforeItHaveEnded() throws Exception {
        assumeTrue(LoopRig.isCarried(flavor), "threads that are handed over cannot hold the loop up");
        holdUp(group.loops().getFirst());
        Call<Void> closing = call(Thread.ofPlatform()::start, () -> {
            group.close();
            return null;
        });

        Eventually.until(() -> !group.loops().getLast().isOpen(), "closed the other one");

        assertThat(closing.isDone()).isFalse();
        letGo.set(true);
        closing.result();
    }

    private void holdUp(CarrierLoop loop) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        loop.startVirtualThread(() -> holdUp(begun::countDown));
        begun.await();
    }

    /** As a thread that computes does, but the processor is for others; runs {@code begin} when it cannot leave. */
    private void holdUp(Runnable begin) {
        try {
            LoopPinnedCall.make(() -> {
                begin.run();
                while (!letGo.get()) {
                    LockSupport.parkNanos(1_000_000);
                }
                return null;
            });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
