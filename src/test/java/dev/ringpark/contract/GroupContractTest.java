package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.Accepting;
import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopGroup;
import dev.ringpark.LoopServer;
import dev.ringpark.LoopStats;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several loops, and servers over all of them; whoever uses a socket, and wherever it was accepted. */
class GroupContractTest extends Contract {
    private static final int LOOPS = 3;
    private static final int BYTES = 1 << 18;

    private final CountDownLatch end = new CountDownLatch(1);
    private final LinkedBlockingQueue<TcpSocket> accepted = new LinkedBlockingQueue<>();

    private LoopGroup group(int count) throws IOException {
        return closeLater(LoopGroup.start(count, flavor.options()));
    }

    /** A handler that leaves the socket to the test. */
    private void leave(TcpSocket socket) throws Exception {
        accepted.add(socket);
        end.await();
    }

    @AfterEach
    void letTheHandlersEnd() {
        end.countDown();
    }

    private TcpSocket nextAccepted() throws InterruptedException {
        TcpSocket socket = accepted.poll(Eventually.LONG_SECONDS, TimeUnit.SECONDS);
        assertThat(socket).as("accepted").isNotNull();
        return socket;
    }

    private static void echo(TcpSocket socket) throws IOException {
        socket.in().transferTo(socket.out());
    }

    private Socket clientOf(LoopServer server) throws IOException {
        InetSocketAddress address = server.getLocalAddress();
        Socket client = closeLater(new Socket(address.getAddress(), address.getPort()));
        client.setSoTimeout((int) Eventually.LONG_SECONDS * 1000);
        return client;
    }

    private static void assertEchoes(Socket client, int bytes) throws IOException {
        client.getOutputStream().write(Sequence.bytes(bytes));
        byte[] back = client.getInputStream().readNBytes(bytes);
        assertThat(back).hasSize(bytes);
        Sequence.check(back, bytes, 0);
    }

    // ---- whose a connection is ----

    @Test
    void everyLoopHandlesSomeOfTheConnections() throws Exception {
        for (Accepting accepting : Accepting.values()) {
            LoopGroup group = group(LOOPS);
            Queue<CarrierLoop> owners = new ConcurrentLinkedQueue<>();
            LoopServer server = group.serve(Loopback.anyPort(), accepting, socket -> {
                owners.add(socket.loop());
                echo(socket);
            });
            for (int i = 0; i < 20 * LOOPS; i++) {
                assertEchoes(clientOf(server), 1000);
            }
            assertThat(owners).hasSize(20 * LOOPS).containsAll(group.loops());
            if (accepting == Accepting.ON_ONE_LOOP) {
                assertThat(group.loops()).allSatisfy(each ->
                        assertThat(owners.stream().filter(each::equals)).hasSize(20));
            }
            group.close();
        }
    }

    @Test
    void eachConnectionIsHandledByAThreadThatItsOwnLoopCarries() throws Exception {
        assumeCarried();
        for (Accepting accepting : Accepting.values()) {
            LoopGroup group = group(LOOPS);
            Queue<String> elsewhere = new ConcurrentLinkedQueue<>();
            LoopServer server = group.serve(Loopback.anyPort(), accepting, socket -> {
                String thread = Thread.currentThread().toString();
                if (!thread.endsWith("@" + name(socket.loop()) + "-loop")) {
                    elsewhere.add(thread + " for " + socket.loop());
                }
                echo(socket);
            });
            for (int i = 0; i < 20 * LOOPS; i++) {
                assertEchoes(clientOf(server), 1000);
            }
            assertThat(elsewhere).isEmpty();
            group.close();
        }
    }

    private void assumeCarried() {
        assumeTrue(LoopRig.isCarried(flavor), "handed over, the JDK's scheduler has the threads");
    }

    private static String name(CarrierLoop loop) {
        return loop.toString().replaceFirst("CarrierLoop\\[([^,]*),.*", "$1");
    }

    @Test
    void threadsOfEveryKindUseTheSocketsOfEveryLoopAndEveryByteIsRight() throws Exception {
        for (Accepting accepting : Accepting.values()) {
            LoopGroup group = group(2);
            LoopServer server = group.serve(Loopback.anyPort(), accepting, this::leave);
            List<Function<Runnable, Thread>> kinds = List.of(group.loops().get(0)::startVirtualThread,
                    Thread.ofPlatform()::start, group.loops().get(1)::startVirtualThread, Thread.ofVirtual()::start);
            for (int i = 0; i < 8; i++) {
                TcpSocket near = call(kinds.get(i % 4),
                        () -> TcpSocket.connect(group.next(), server.getLocalAddress())).result();
                exchange(new Pair(near, nextAccepted()), kinds, i);
            }
            assertThat(group.stats().staleTokens()).isZero();
            group.close();
        }
    }

    /** Both ways at once, each side of each socket by another kind of thread. */
    private void exchange(Pair pair, List<Function<Runnable, Thread>> kinds, int first) throws Exception {
        byte[] bytes = Sequence.bytes(BYTES);
        Call<Long> there = call(kinds.get(first % 4), () -> Flow.writeAll(pair.near(), ByteBuffer.wrap(bytes)));
        Call<Long> back = call(kinds.get((first + 1) % 4), () -> Flow.writeAll(pair.far(), Flow.direct(bytes)));
        Call<Long> arrives = call(kinds.get((first + 2) % 4), Flow.readAll(pair.far()));
        Call<Long> returns = call(kinds.get((first + 3) % 4), Flow.readAll(pair.near()));
        for (Call<Long> each : List.of(there, back, arrives, returns)) {
            assertThat(each.result()).isEqualTo(BYTES);
        }
        pair.near().close();
        pair.far().close();
    }

    @Test
    void aConnectionEndsWithItsHandlerAndTheServerGoesOn() throws Exception {
        LoopGroup group = group(2);
        Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        try {
            List<Throwable> ends = List.of(new IOException("as always"), new IllegalStateException("a mistake"),
                    new Exception("a checked one"), new AssertionError("an error"));
            AtomicInteger count = new AtomicInteger();
            LoopServer server = group.serve(Loopback.anyPort(), socket -> {
                socket.out().write(1);
                int number = count.getAndIncrement();
                if (number < ends.size()) {
                    throwIt(ends.get(number));
                }
            });
            for (int i = 0; i < ends.size() + 2; i++) {
                assertThat(clientOf(server).getInputStream().readAllBytes()).containsExactly(1);
            }
            Eventually.until(() -> uncaught.size() == 3, "told three of them");
            assertThat(uncaught).containsExactlyInAnyOrderElementsOf(ends.subList(1, 4));
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private static Void throwIt(Throwable thrown) throws Exception {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (Exception) thrown;
    }

    // ---- turns ----

    @Test
    void loopsTakeTurnsAndThoseThatAreClosedAreLeftOut() throws Exception {
        LoopGroup group = group(LOOPS);
        List<CarrierLoop> loops = group.loops();
        assertThat(List.of(group.next(), group.next(), group.next(), group.next()))
                .containsExactly(loops.get(0), loops.get(1), loops.get(2), loops.get(0));

        loops.get(1).close();
        assertThat(List.of(group.next(), group.next(), group.next()))
                .containsExactly(loops.get(2), loops.get(0), loops.get(2));
        assertThat(group.isOpen()).isTrue();
    }

    @Test
    void tasksRunOnTheLoopsInTurn() throws Exception {
        assumeCarried();
        LoopGroup group = group(LOOPS);
        List<String> carriers = new ArrayList<>();
        Queue<String> ofTheExecutor = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < LOOPS; i++) {
            carriers.add(group.run(GroupContractTest::carrier));
        }
        try (ExecutorService tasks = group.executor()) {
            for (int i = 0; i < LOOPS; i++) {
                tasks.execute(() -> ofTheExecutor.add(carrier()));
            }
        }
        assertThat(carriers).containsExactlyElementsOf(
                group.loops().stream().map(each -> name(each) + "-loop").toList());
        assertThat(ofTheExecutor).containsExactlyInAnyOrderElementsOf(carriers);
    }

    @Test
    void tasksOfAGroupEndAsTheyDoOnALoop() throws Exception {
        LoopGroup group = group(2);
        AtomicInteger ran = new AtomicInteger();
        try (ExecutorService tasks = group.executor()) {
            for (int i = 0; i < 10; i++) {
                tasks.execute(ran::incrementAndGet);
            }
        }
        assertThat(ran).hasValue(10);
        assertThat(group.<Integer>run(() -> 7)).isEqualTo(7);
        assertThatThrownBy(() -> group.run(() -> throwIt(new IOException("its own")))).hasMessage("its own");
        group.close();
        assertThatThrownBy(() -> group.run(() -> 1)).isInstanceOf(IllegalStateException.class);
    }

    private static String carrier() {
        return Thread.currentThread().toString().replaceFirst(".*@", "");
    }

    @Test
    void nothingIsDealtToALoopThatIsClosed() throws Exception {
        LoopGroup group = group(2);
        LoopServer server = group.serve(Loopback.anyPort(), Accepting.ON_ONE_LOOP, this::leave);
        group.loops().get(1).close();
        for (int i = 0; i < 6; i++) {
            clientOf(server);
            assertThat(nextAccepted().loop()).isSameAs(group.loops().get(0));
        }
    }

    @Test
    void theStatisticsAreThoseOfAllLoops() throws Exception {
        LoopGroup group = group(2);
        LoopServer server = group.serve(Loopback.anyPort(), GroupContractTest::echo);
        for (int i = 0; i < 10; i++) {
            assertEchoes(clientOf(server), 100);
        }
        group.close();
        LoopStats first = group.loops().get(0).stats();
        LoopStats second = group.loops().get(1).stats();

        assertThat(group.stats()).isEqualTo(first.plus(second));
        assertThat(group.stats().submitted()).isEqualTo(first.submitted() + second.submitted()).isGreaterThan(20);
    }

    // ---- the port ----

    @Test
    void aServerTellsWhereAndHowItListens() throws Exception {
        LoopGroup group = group(2);
        for (Accepting accepting : Accepting.values()) {
            LoopServer server = group.serve(Loopback.anyPort(), accepting, GroupContractTest::echo);
            assertThat(server.accepting()).isEqualTo(accepting);
            assertThat(server.getLocalAddress().getPort()).isPositive();
            assertThat(server.toString()).contains(accepting.name()).doesNotContain("closed");
            assertEchoes(clientOf(server), 10);
        }
        for (Accepting accepting : Accepting.values()) {
            LoopServer anywhere = group.serve(new InetSocketAddress(0), accepting, GroupContractTest::echo);
            assertThat(anywhere.getLocalAddress().getAddress().isAnyLocalAddress()).isTrue();
            Socket client = closeLater(new Socket(Loopback.anyPort().getAddress(),
                    anywhere.getLocalAddress().getPort()));
            assertEchoes(client, 10);
        }
    }

    @Test
    void aServerStartsOnTheLoopsThatAreOpen() throws Exception {
        LoopGroup group = group(3);
        group.loops().get(1).close();
        assertEchoes(clientOf(group.serve(Loopback.anyPort(), GroupContractTest::echo)), 10);
        group.loops().getFirst().close();
        assertEchoes(clientOf(group.serve(Loopback.anyPort(), GroupContractTest::echo)), 10);
        group.close();

        assertThatThrownBy(() -> group.serve(Loopback.anyPort(), GroupContractTest::echo))
                .isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void ofTwoServersThatStartAtOneMomentOneAtMostGetsThePort() throws Exception {
        List<LoopGroup> groups = List.of(group(2), group(2));
        int rounds = 200;
        int served = 0;
        for (int round = 0; round < rounds; round++) {
            InetSocketAddress address = ownAddress();
            CyclicBarrier start = new CyclicBarrier(groups.size());
            List<Call<Boolean>> calls = groups.stream().map(group -> call(Thread.ofPlatform()::start, () -> {
                start.await();
                try {
                    group.serve(address, Accepting.ON_EVERY_LOOP, GroupContractTest::echo);
                    return true;
                } catch (BindException taken) {
                    return false;
                }
            })).toList();
            boolean first = calls.getFirst().result();
            boolean second = calls.getLast().result();
            assertThat(first && second).as("both have %s, round %s", address, round).isFalse();
            served += first || second ? 1 : 0;
        }
        assertThat(served).isGreaterThan(rounds / 10);
    }

    @Test
    void aPortThatIsTakenIsRefusedEvenIfItsOwnerWouldShareIt() throws Exception {
        LoopGroup group = group(2);
        LoopGroup other = group(2);
        for (Accepting first : Accepting.values()) {
            LoopServer server = group.serve(Loopback.anyPort(), first, GroupContractTest::echo);
            for (Accepting second : Accepting.values()) {
                assertThatThrownBy(() -> other.serve(server.getLocalAddress(), second, GroupContractTest::echo))
                        .isExactlyInstanceOf(BindException.class);
            }
        }
        TcpListener sharing = TcpListener.open(loop).setOption(StandardSocketOptions.SO_REUSEPORT, true)
                .bind(Loopback.anyPort());
        SocketAddress taken = sharing.getLocalAddress();
        assertThatThrownBy(() -> group.serve(taken, GroupContractTest::echo)).isExactlyInstanceOf(BindException.class);
    }

    @Test
    void aServerThatIsClosedRefusesClientsAndGivesItsPortBackAndConnectionsGoOn() throws Exception {
        LoopGroup group = group(2);
        for (Accepting accepting : Accepting.values()) {
            LoopServer server = group.serve(ownAddress(), accepting, GroupContractTest::echo);
            Socket client = clientOf(server);
            assertEchoes(client, 100);
            Call<Void> waits = call(Thread.ofPlatform()::start, () -> {
                server.awaitEnd();
                return null;
            });

            server.close();
            server.close();

            waits.result();
            assertThat(server.isOpen()).isFalse();
            assertThatThrownBy(() -> clientOf(server)).isInstanceOf(ConnectException.class);
            assertEchoes(client, 100);
            LoopServer again = group.serve(server.getLocalAddress(), accepting, GroupContractTest::echo);
            assertEchoes(clientOf(again), 100);
        }
    }

    // ---- the end ----

    @Test
    void closingTheGroupClosesAllLoopsServersAndSockets() throws Exception {
        for (Accepting accepting : Accepting.values()) {
            LoopGroup group = group(LOOPS);
            LoopServer server = group.serve(Loopback.anyPort(), accepting, this::leave);
            List<Call<Integer>> reads = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                clientOf(server);
                TcpSocket socket = nextAccepted();
                CarrierLoop reader = group.loops().get(i % LOOPS);
                reads.add(new Call<Integer>(socket.loop(), reader::startVirtualThread,
                        () -> socket.read(new byte[1], 0, 1)).whenParked());
            }

            group.close();

            for (Call<Integer> read : reads) {
                assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            }
            server.awaitEnd();
            assertThat(server.isOpen()).isFalse();
            assertThat(group.isOpen()).isFalse();
            assertThat(group.loops()).noneMatch(CarrierLoop::isOpen);
            assertThatThrownBy(group::next).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
            assertThatThrownBy(() -> group.serve(Loopback.anyPort(), accepting, this::leave))
                    .isInstanceOf(IllegalStateException.class);
            group.close();
        }
    }

    @Test
    void aThreadOfOneOfItsLoopsMayCloseTheGroup() throws Exception {
        LoopGroup group = group(LOOPS);
        LoopServer server = group.serve(Loopback.anyPort(), socket -> group.close());
        assertThat(clientOf(server).getInputStream().read()).isEqualTo(-1);
        server.awaitEnd();
        Eventually.until(() -> !group.isOpen(), "closed all its loops");
    }
}
