package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.Deadline;
import dev.ringpark.LoopFile;
import dev.ringpark.LoopFiles;
import dev.ringpark.StreamSocket;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import dev.ringpark.UdpSocket;
import dev.ringpark.UnixListener;
import dev.ringpark.UnixSocket;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One deadline for several calls: each of them ends by it, and none before. */
class DeadlineContractTest extends Contract {
    private static final Duration SHORT = Duration.ofMillis(40);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofSeconds(10);   // a begin on the busiest machine
    private static final Deadline PAST = Deadline.within(Duration.ZERO);
    private static final String OVER = "the deadline is over";

    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger lookUps = new AtomicInteger();

    /** A resolver that does not answer before the test is over, and hears no interrupt. */
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

    // ---- each call ----

    @Test
    void everyReadEndsByIt() throws Exception {
        Streams pair = streams();
        StreamSocket socket = pair.near();
        assertEndsByIt("Read timed out", () -> socket.read(new byte[1], 0, 1));
        assertEndsByIt("Read timed out", () -> socket.read(ByteBuffer.allocateDirect(1)));
        assertEndsByIt("Read timed out", () -> socket.read(Flow.halves(new byte[8])));
        assertEndsByIt("Read timed out", () -> socket.in().read());
        assertEndsByIt("Read timed out", () -> socket.read(new byte[1], 0, 1, LONG));
        socket.setReadTimeout(LONG);
        assertEndsByIt("Read timed out", () -> socket.read(ByteBuffer.allocate(1)));

        assertPasses(pair);
    }

    @Test
    void everyWriteEndsByIt() throws Exception {
        Streams pair = streams();
        StreamSocket socket = pair.near();
        byte[] much = new byte[1 << 20];
        assertEndsByIt("Write timed out", () -> writeForEver(() -> socket.write(much, 0, much.length)));
        assertEndsByIt("Write timed out", () -> writeForEver(() -> socket.write(ByteBuffer.wrap(much), LONG)));
        assertEndsByIt("Write timed out", () -> writeForEver(() -> socket.write(ByteBuffer.allocateDirect(1 << 20))));
        assertEndsByIt("Write timed out", Flow.writeTooMuch(socket));

        assertThat(socket.isOpen()).isTrue();
    }

    private static Void writeForEver(Callable<?> write) throws Exception {
        while (true) {
            write.call();
        }
    }

    @Test
    void acceptsEndByItAndTheListenersStayOpen() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        assertEndsByIt("Accept timed out", () -> listener.accept());
        assertEndsByIt("Accept timed out", () -> listener.accept(LONG));
        peerOf(listener);
        assertThat(call(() -> Deadline.within(LONG).call(listener::accept)).result().isConnected()).isTrue();
        try (UnixPath path = new UnixPath(); UnixListener unix = UnixListener.bind(loop, path.address())) {
            assertEndsByIt("Accept timed out", () -> unix.accept());
            assertThat(unix.isOpen()).isTrue();
        }
    }

    @Test
    void connectsEndByItAndLookingUpANameForThemToo() throws Exception {
        Blackhole blackhole = closeLater(new Blackhole());
        TcpSocket socket = TcpSocket.open(loop);
        assertThat(failureOnceBegun(() -> !socket.isOpen(), _ -> socket.connect(blackhole.address())))
                .isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Connect timed out");
        assertEndsByIt("Connect timed out", () -> TcpSocket.connect(loop, blackhole.address(), LONG));
        int port = ((InetSocketAddress) blackhole.address()).getPort();
        assertEndsByIt("Connect timed out",
                () -> TcpSocket.connect(loop, MadeUpNames.of("127.0.0.1", "127.0.0.1"), port));

        String name = MadeUpNames.of(this::answerLate);
        assertThat(failureOnceBegun(() -> lookUps.get() > 0, _ -> TcpSocket.connect(loop, name, port, LONG)))
                .isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Connect timed out");
        assertThat(lookUps).hasValue(1);
    }

    @Test
    void waitingForAnotherThreadsCallEndsByIt() throws Exception {
        Streams pair = streams();
        Call<Integer> first = parked(() -> pair.near().read(new byte[1], 0, 1));
        assertEndsByIt("Read timed out", () -> pair.near().read(new byte[1], 0, 1));
        Call<Void> writer = parked(Flow.writeTooMuch(pair.near()));
        assertEndsByIt("Write timed out", () -> pair.near().write(new byte[1], 0, 1));

        assertThat(first.isDone()).isFalse();
        assertThat(writer.isDone()).isFalse();
    }

    @Test
    void itHoldsOnEveryThread() throws Exception {
        Streams pair = streams();
        List<Function<Runnable, Thread>> starters = List.of(Thread.ofVirtual()::start, Thread.ofPlatform()::start,
                anotherLoop()::startVirtualThread);
        for (Function<Runnable, Thread> starter : starters) {
            assertEndsByIt(starter, "Read timed out", () -> pair.near().read(new byte[1], 0, 1));
        }
        assertPasses(pair);
    }

    @Test
    void itsTimeIsForAllCallsTogether() throws Exception {
        Pair pair = pair();
        call(() -> pair.far().write(new byte[3], 0, 3)).result();
        AtomicBoolean hasRead = new AtomicBoolean();
        Throwable over = failureOnceBegun(hasRead::get, _ -> {
            try (TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
                    TcpSocket other = TcpSocket.connect(loop, listener.getLocalAddress())) {
                other.write(new byte[1], 0, 1);
                hasRead.set(pair.near().read(new byte[4], 0, 4) == 3);
                return pair.near().in().read();
            }
        });
        assertThat(over).isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Read timed out");
        assertPasses(pair);
    }

    @Test
    void theTimeoutOfACallHoldsIfItIsEarlier() throws Exception {
        Pair pair = pair();
        Deadline deadline = Deadline.within(LONG);
        long start = System.nanoTime();
        assertThat(failureOf(() -> deadline.call(() -> pair.near().read(new byte[1], 0, 1, SHORT))))
                .isExactlyInstanceOf(SocketTimeoutException.class);
        pair.near().setReadTimeout(SHORT);
        assertThat(failureOf(() -> deadline.call(() -> pair.near().in().read())))
                .isExactlyInstanceOf(SocketTimeoutException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT.multipliedBy(2), LONG);
        assertThat(deadline.isOver()).isFalse();
    }

    // ---- one within another ----

    @Test
    void theEarlierOfTwoHoldsAndTheOtherOneAfterwards() throws Exception {
        Pair pair = pair();
        assertEndsByIt("Read timed out",
                () -> Deadline.within(LONG).call(() -> pair.near().read(new byte[1], 0, 1)));
        assertEndsByIt("Read timed out", () -> {
            Deadline.within(LONG).run(() -> assertThat(Deadline.current()).isPresent());
            return pair.near().read(new byte[1], 0, 1);
        });
        Call<Boolean> outer = call(() -> Deadline.within(LONG).call(() -> {
            assertThatThrownBy(() -> Deadline.within(SHORT).run(() -> pair.near().read(new byte[1], 0, 1)))
                    .isExactlyInstanceOf(SocketTimeoutException.class);
            pair.far().write(new byte[1], 0, 1);
            return pair.near().read(new byte[1], 0, 1) == 1;
        }));
        assertThat(outer.result()).isTrue();
    }

    @Test
    void afterItAndOnAThreadStartedInsideThereIsNone() throws Exception {
        Call<List<Boolean>> call = call(() -> {
            List<Boolean> present = new ArrayList<>();
            PAST.run(() -> {
                present.add(Deadline.current().isPresent());
                present.add(loop.run(() -> Deadline.current().isPresent()));
            });
            present.add(Deadline.current().isPresent());
            return present;
        });
        assertThat(call.result()).containsExactly(true, false, false);
    }

    // ---- when it is over ----

    @Test
    void aCallThatBeginsTooLateFailsAtOnceAndLosesNoByte() throws Exception {
        Streams pair = streams();
        call(() -> pair.far().write(Sequence.bytes(7), 0, 7)).result();
        long submitted = loop.stats().submitted();
        assertThat(failureOf(() -> PAST.call(() -> pair.near().read(new byte[7], 0, 7))))
                .isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Read timed out");
        assertThat(failureOf(() -> PAST.call(() -> pair.near().read(new byte[7], 0, 7, LONG))))
                .isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Read timed out");
        assertThat(failureOf(() -> PAST.call(() -> pair.near().write(new byte[7], 0, 7))))
                .isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Write timed out");
        assertThat(loop.stats().submitted()).as("asked of the system").isEqualTo(submitted);
        assertThat(call(() -> PAST.call(() -> pair.near().read(new byte[0], 0, 0))).result()).isZero();

        assertThat(call(() -> Flow.read(pair.near(), 7, 7)).result()).isEqualTo(7);
        assertPasses(pair);
    }

    @Test
    void anAcceptOrConnectThatBeginsTooLateTakesOpensAndLooksUpNothing() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        TcpSocket socket = TcpSocket.open(loop);
        OpenDescriptors descriptors = new OpenDescriptors();
        String name = MadeUpNames.of(this::answerLate);
        List<Callable<?>> connects = List.of(() -> TcpSocket.connect(loop, address), () -> socket.connect(address),
                () -> TcpSocket.connect(loop, name, 80), () -> TcpSocket.connect(loop, "127.0.0.1", address.getPort()));
        for (Callable<?> connect : connects) {
            assertThat(failureOf(() -> PAST.call(connect::call))).isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Connect timed out");
        }
        try (UnixPath path = new UnixPath(); UnixListener unix = UnixListener.bind(loop, path.address())) {
            assertThat(failureOf(() -> PAST.call(() -> UnixSocket.connect(loop, path.address()))))
                    .isExactlyInstanceOf(SocketTimeoutException.class);
            assertThat(failureOf(() -> unix.accept(SHORT))).hasMessage("Accept timed out");
        }
        assertThat(descriptors.more()).as("left open, until the collector finds it").isEmpty();
        assertThat(lookUps).hasValue(0);

        Call<TcpSocket> connected = call(() -> socket.connect(address));
        assertThat(connected.result().isConnected()).isTrue();
        assertThat(failureOf(() -> PAST.call(() -> listener.accept()))).hasMessage("Accept timed out");
        assertThat(listener.accept().getRemoteAddress()).isEqualTo(socket.getLocalAddress());
    }

    @Test
    void aPeerThatAlwaysHasBytesOrRoomCannotDrawItOut() throws Exception {
        Pair pair = pair();
        Call<?> talker = call(Thread.ofPlatform()::start, () -> writeForEver(() -> pair.far().write(new byte[999], 0,
                999)));
        Call<?> listens = call(Thread.ofPlatform()::start, () -> pair.far().in().transferTo(nowhere()));
        assertEndsByIt("Read timed out", () -> pair.near().in().transferTo(nowhere()));
        assertEndsByIt("Write timed out", () -> writeForEver(() -> pair.near().write(new byte[999], 0, 999)));

        byte[] much = new byte[256 << 20];
        assertThat(failureOf(() -> Deadline.within(Duration.ofMillis(2)).call(() -> {
            pair.near().out().write(much);
            return null;
        }))).isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Write timed out");
        assertThat(talker.isDone()).isFalse();
        assertThat(listens.isDone()).isFalse();
    }

    @Test
    void howeverMuchRoomThereIsARowOfDatagramsEndsByIt() throws Exception {
        UdpSocket socket = UdpSocket.bind(loop, Loopback.anyPort());
        ByteBuffer[] sources = new ByteBuffer[300_000];
        Arrays.setAll(sources, i -> ByteBuffer.allocate(1));
        assertThat(failureOf(() -> Deadline.within(Duration.ofMillis(2)).call(() -> {
            socket.sendAll(sources, socket.getLocalAddress());
            return null;
        }))).isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Send timed out");

        assertThat(sources[sources.length - 1].hasRemaining()).isTrue();
        assertThat(socket.isOpen()).isTrue();
    }

    private static OutputStream nowhere() {
        return OutputStream.nullOutputStream();
    }

    @Test
    void whatIsClosedOrInterruptedIsSaidFirst() throws Exception {
        Pair pair = pair();
        pair.near().close();
        assertThat(failureOf(() -> PAST.call(() -> pair.near().read(new byte[1], 0, 1))))
                .isExactlyInstanceOf(ClosedChannelException.class);
        Call<Integer> interrupted = call(() -> {
            Thread.currentThread().interrupt();
            return PAST.call(() -> pair.far().read(new byte[1], 0, 1));
        });
        assertThat(interrupted.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(interrupted.endedInterrupted()).isTrue();
    }

    // ---- many ----

    @Test
    void manyReadsUnderOneAllTimeOutAndEverySocketLivesOn() throws Exception {
        assertTimeOutTogether(500);
    }

    @Stress
    @Test
    void fiveThousandReadsUnderOneAllTimeOutAndEverySocketLivesOn() throws Exception {
        assertTimeOutTogether(5000);
    }

    private void assertTimeOutTogether(int reads) throws Exception {
        List<Pair> pairs = Pair.on(loop, reads);
        Deadline deadline = Deadline.within(Duration.ofMillis(200).plusNanos(reads * 100_000L));
        List<Call<Boolean>> calls = new ArrayList<>();
        for (Pair pair : pairs) {
            calls.add(call(() -> {
                assertThatThrownBy(() -> deadline.call(() -> pair.near().read(new byte[1], 0, 1)))
                        .isExactlyInstanceOf(SocketTimeoutException.class);
                return deadline.isOver();
            }));
        }
        for (Call<Boolean> each : calls) {
            assertThat(each.result()).as("not early").isTrue();
        }
        for (Pair pair : pairs) {
            pair.far().write(new byte[] {1}, 0, 1);
            assertThat(pair.near().read(new byte[2], 0, 2)).isOne();
        }
    }

    // ---- files, tasks ----

    @Test
    void everyCallOfAFileThatBeginsTooLateDoesNothing(@TempDir Path folder) throws Exception {
        Path path = Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
        LoopFile file = call(() -> LoopFile.open(loop, path, READ, WRITE)).result();
        ByteBuffer one = ByteBuffer.allocate(1);
        for (Callable<?> late : List.<Callable<?>>of(() -> file.read(one), () -> file.read(one, 0),
                () -> file.read(ByteBuffer.allocateDirect(1), 0), () -> file.write(one), () -> file.write(one, 0),
                () -> file.truncate(0), file::size, () -> file.attributes(BasicFileAttributes.class), () -> force(file),
                () -> file.transferTo(0, 1, file), () -> LoopFile.open(loop, path),
                () -> LoopFiles.readAllBytes(loop, path), () -> LoopFiles.exists(loop, path),
                () -> LoopFiles.list(loop, folder))) {
            assertThat(failureOf(() -> PAST.call(late::call))).isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasFieldOrPropertyWithValue("bytesTransferred", 0);
        }
        assertThat(one.position()).isZero();
        assertThat(Files.readAllBytes(path)).containsExactly(1, 2, 3);
        assertThat(call(() -> file.read(one)).result()).as("it stays open").isOne();
    }

    @Test
    void aFileThatIsClosedOrACallerWhoIsInterruptedComesBeforeIt(@TempDir Path folder) throws Exception {
        LoopFile file = call(() -> LoopFile.open(loop, Files.createFile(folder.resolve("file")), READ, WRITE)).result();
        ByteBuffer one = ByteBuffer.allocate(1);
        List<Callable<?>> calls = List.of(() -> file.read(one), () -> file.read(one, 0), () -> file.write(one),
                file::size, () -> file.truncate(0), () -> force(file));
        for (Callable<?> each : calls) {
            assertThat(failureOf(() -> PAST.call(interrupting(each)::call)))
                    .isExactlyInstanceOf(InterruptedIOException.class);
        }
        assertThat(failureOf(() -> PAST.call(interrupting(() -> loop.offload(() -> 7))::call)))
                .isExactlyInstanceOf(InterruptedException.class);
        file.close();
        for (Callable<?> each : calls) {
            assertThat(failureOf(() -> PAST.call(each::call))).isExactlyInstanceOf(ClosedChannelException.class);
        }
    }

    private static Callable<?> interrupting(Callable<?> body) {
        return () -> {
            Thread.currentThread().interrupt();
            return body.call();
        };
    }

    @Test
    void whatATransferHasTakenFromItsSourceIsWrittenAllTheSame(@TempDir Path folder) throws Exception {
        LoopFile file = call(() -> LoopFile.open(loop, Files.createFile(folder.resolve("file")), WRITE)).result();
        AtomicInteger taken = new AtomicInteger();
        Throwable over = failureOnceBegun(() -> taken.get() > 0,
                deadline -> file.transferFrom(new Source(taken, deadline), 0, 100_000));

        assertThat(over).isExactlyInstanceOf(SocketTimeoutException.class);
        assertThat(taken.get()).isPositive();
        assertThat(call(file::size).result()).isEqualTo(taken.get());
    }

    /** Gives bytes, the second time when the deadline is over; then it is the one that times out. */
    private record Source(AtomicInteger taken, Deadline deadline) implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer target) throws IOException {
            if (deadline.isOver()) {
                throw new SocketTimeoutException("the source's own");
            }
            Eventually.until(() -> taken.get() == 0 || deadline.isOver(), "over");
            target.put(new byte[10]);
            taken.addAndGet(10);
            return 10;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void aTaskThatOffloadsTooLateDoesNotBegin() throws Exception {
        assertThat(failureOf(() -> loop.offload(() -> PAST.call(() -> loop.offload(() -> 7)))))
                .isExactlyInstanceOf(TimeoutException.class);
    }

    private static Object force(LoopFile file) throws IOException {
        file.force(true);
        return file;
    }

    @Test
    void aFileThatLetsOneWaitIsLeftAtIt(@TempDir Path folder) throws Exception {
        Path path = Tool.makePipe(folder.resolve("pipe"));
        assertEndsByIt(OVER, () -> LoopFile.open(loop, path));
        LoopFile pipe = call(() -> LoopFile.open(loop, path, READ, WRITE)).result();   // lets one go that opens it yet
        if (flavor.isOn("io_uring")) {   // elsewhere what a thread has begun ends first
            assertEndsByIt(OVER, () -> pipe.read(ByteBuffer.allocate(10)));
            assertEndsByIt(OVER, () -> pipe.read(ByteBuffer.allocateDirect(10)));
        }
        Call<Integer> reader = parked(() -> pipe.read(ByteBuffer.allocate(1)));
        assertEndsByIt(OVER, () -> pipe.read(ByteBuffer.allocate(10)));   // waits for its turn
        LoopFile writer = call(() -> LoopFile.open(loop, path, READ, WRITE)).result();
        assertThat(call(() -> writer.write(ByteBuffer.allocate(3))).result()).isEqualTo(3);
        assertThat(reader.result()).isOne();
        assertThat(call(() -> pipe.read(ByteBuffer.allocate(10))).result()).as("no byte is lost").isEqualTo(2);
    }

    @Test
    void aCallOfAFileThatEndsByItTellsItsBytes(@TempDir Path folder) throws Exception {
        assumeTrue(flavor.isOn("io_uring"), "elsewhere what a thread has begun ends first");
        Path path = Tool.makePipe(folder.resolve("pipe"));
        LoopFile pipe = call(() -> LoopFile.open(loop, path, READ, WRITE)).result();
        for (ByteBuffer source : List.of(ByteBuffer.allocate(200_000), ByteBuffer.allocateDirect(200_000))) {
            Throwable over = failureOnceBegun(() -> source.position() > 0, _ -> pipe.write(source));
            assertThat(over).isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasFieldOrPropertyWithValue("bytesTransferred", source.position());
            int count = source.position();
            assertThat(call(() -> pipe.read(ByteBuffer.allocateDirect(count + 1))).result()).isEqualTo(count);
        }
    }

    @Test
    void anOffloadedTaskIsGivenUpAtItAndOneThatComesTooLateDoesNotBegin() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        Callable<Integer> late = () -> loop.offload(() -> {
            begun.incrementAndGet();
            release.await();
            return 7;
        });
        assertThat(failureOnceBegun(() -> begun.get() > 0, _ -> late.call()))
                .isExactlyInstanceOf(TimeoutException.class);
        int before = begun.get();
        assertThat(failureOf(() -> PAST.call(late::call))).isExactlyInstanceOf(TimeoutException.class);
        assertThat(begun).hasValue(before);
        assertThat(call(() -> Deadline.within(LONG).call(() -> loop.offload(() -> 7))).result()).isEqualTo(7);
    }

    // ---- what it leaves alone ----

    @Test
    void sleepingAndClosingKnowNothingOfIt() throws Exception {
        Pair pair = pair();
        assertThat(call(() -> PAST.call(() -> {
            loop.sleep(Duration.ofMillis(1));
            pair.near().close();
            return loop.run(() -> 7);
        })).result()).isEqualTo(7);
        assertThat(pair.near().isOpen()).isFalse();
    }

    // ---- lengths, results ----

    @Test
    void oneThatIsHugeIsNoLimitAndOneThatIsNegativeIsRefused() throws Exception {
        Pair pair = pair();
        Deadline never = Deadline.within(Duration.ofSeconds(Long.MAX_VALUE));
        Call<Integer> read = parked(() -> never.call(() -> pair.near().read(new byte[1], 0, 1)));
        call(() -> never.call(() -> pair.far().write(new byte[1], 0, 1))).result();
        assertThat(read.result()).isEqualTo(1);
        assertEndsByIt("Read timed out", () -> never.call(() -> pair.near().read(new byte[1], 0, 1)));

        assertThat(never.remaining()).isGreaterThan(Duration.ofDays(365 * 200));
        assertThat(never.isOver()).isFalse();
        assertThatThrownBy(() -> Deadline.within(Duration.ofNanos(-1)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("time is PT-0.000000001S; it must not be negative");
    }

    @Test
    void itTellsHowLongItIsUntilThen() {
        Deadline deadline = Deadline.within(LONG);
        assertThat(deadline.remaining()).isBetween(LONG.minusSeconds(30), LONG);
        assertThat(deadline.isOver()).isFalse();
        assertThat(deadline.toString()).startsWith("Deadline[in PT4M");
        assertThat(PAST.remaining()).isZero();
        assertThat(PAST.isOver()).isTrue();
        assertThat(PAST).hasToString("Deadline[over]");
        assertThat(deadline.<Deadline, RuntimeException>call(() -> Deadline.current().orElseThrow()))
                .isSameAs(deadline);
    }

    @Test
    void whatIsThrownInsideComesOutAsItIs() {
        IOException failure = new IOException("inside");
        assertThatThrownBy(() -> PAST.run(() -> {
            throw failure;
        })).isSameAs(failure);
        assertThatThrownBy(() -> PAST.call(() -> {
            throw failure;
        })).isSameAs(failure);
        assertThat(Deadline.current()).isEmpty();
    }

    /** What {@code body} fails with under a short deadline; on a busy machine one may be over before it begins. */
    private Throwable failureOnceBegun(BooleanSupplier hasBegun, UnderDeadline body) throws Exception {
        for (Duration limit = SHORT; limit.compareTo(LONGEST) < 0; limit = limit.multipliedBy(2)) {
            long start = System.nanoTime();
            Deadline deadline = Deadline.within(limit);
            Call<?> call = call(() -> deadline.call(() -> body.call(deadline)));
            Throwable failure = call.failure();
            assertThat(call.endedInterrupted()).isFalse();
            if (hasBegun.getAsBoolean() || !deadline.isOver()) {   // the deadline is not why it has not begun
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(limit, limit.plusSeconds(5));
                return failure;
            }
        }
        throw new AssertionError("has not begun within " + LONGEST);
    }

    private interface UnderDeadline {
        Object call(Deadline deadline) throws Exception;
    }

    private void assertEndsByIt(String message, Callable<?> body) throws Exception {
        assertEndsByIt(loop::startVirtualThread, message, body);
    }

    /** Under a deadline of a short time, {@code body} times out; then, and not before. */
    private void assertEndsByIt(Function<Runnable, Thread> starter, String message, Callable<?> body)
            throws Exception {
        long start = System.nanoTime();
        Call<?> call = call(starter, () -> Deadline.within(SHORT).call(body::call));
        assertThat(call.failure()).isExactlyInstanceOf(SocketTimeoutException.class).hasMessage(message);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, SHORT.plusSeconds(5));
        assertThat(call.endedInterrupted()).isFalse();
    }
}
