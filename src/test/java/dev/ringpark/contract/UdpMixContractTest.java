package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.Datagram;
import dev.ringpark.UdpSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * A random mix of sends and receives, of all lengths, rooms, kinds of memory and timeouts, against a model: each
 * datagram is received once, as it was sent, or the system says that it had no room for it.
 */
class UdpMixContractTest extends Contract {
    private static final Path DROPS = Path.of("/proc/self/net/udp");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final int SOCKETS = 6;
    private static final int ID_BYTES = 8;
    private static final int LONGEST = 65_507;

    private final Seed seed = new Seed();
    private final Map<Long, Integer> sent = new ConcurrentHashMap<>();       // by id: the length
    private final Set<Long> received = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Long> drops = new ConcurrentHashMap<>();      // by port
    private final AtomicLong emptySent = new AtomicLong();
    private final AtomicLong emptyReceived = new AtomicLong();
    private final AtomicInteger cut = new AtomicInteger();
    private final AtomicInteger timeouts = new AtomicInteger();
    private final AtomicInteger senders = new AtomicInteger();

    @Test
    void aRandomMixKeepsToTheModel() throws Exception {
        run(200);
    }

    @Stress
    @Test
    void aLongRandomMixKeepsToTheModel() throws Exception {
        run(20_000);
    }

    private void run(int sendsEach) throws Exception {
        assumeTrue(Files.isReadable(DROPS), "this system does not tell what it had no room for");
        List<UdpSocket> sockets = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            UdpSocket socket = Udp.bound(loop);
            if (i % 2 == 0) {
                socket.setOption(StandardSocketOptions.SO_RCVBUF, 4096);   // loses some
            }
            sockets.add(socket);
        }
        sockets.get(0).connect(Udp.address(sockets.get(1)));
        sockets.get(1).connect(Udp.address(sockets.get(0)));
        SplittableRandom random = seed.tell(flavor + ", datagrams in any mix").random(0);
        senders.set(SOCKETS);
        List<Call<?>> calls = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            int number = i;
            SplittableRandom mine = random.split();
            calls.add(call(i % 3 == 0 ? Thread.ofPlatform()::start : loop::startVirtualThread,
                    () -> send(sockets, number, sendsEach, mine)));
            for (int reader = 0; reader < 2; reader++) {
                SplittableRandom its = random.split();
                calls.add(call(reader == 0 ? loop::startVirtualThread : Thread.ofVirtual()::start,
                        () -> receive(sockets, number, its)));
            }
        }
        for (Call<?> each : calls) {
            each.awaitEnd();
            each.result();
        }
        report(sockets);
    }

    private void report(List<UdpSocket> sockets) throws IOException {
        long drops = drops(sockets);
        System.out.println(flavor + ": " + sent.size() + " datagrams and " + emptySent + " empty ones, " + cut
                + " cut, " + drops + " without room, " + timeouts + " timeouts, seed " + seed);
        assertThat(received.size() + emptyReceived.get() + drops).as("seed %s", seed)
                .isEqualTo(sent.size() + emptySent.get());
        assertThat(received).as("seed %s", seed).isNotEmpty();
        assertThat(emptyReceived).as("seed %s", seed).hasPositiveValue();
    }

    // ---- sending ----

    /** The first two send to each other alone, the others to the others. */
    private Void send(List<UdpSocket> sockets, int number, int count, SplittableRandom random) throws Exception {
        try {
            for (int i = 0; i < count; i++) {
                int to = number < 2 ? 1 - number : random.nextInt(2, SOCKETS);
                int least = number < 2 ? ID_BYTES : 0;   // java.nio sends no empty one from a connected socket
                send(sockets.get(number), number < 2 ? null : Udp.address(sockets.get(to)), id(number, i),
                        Math.max(length(random), least), random);
            }
        } finally {
            senders.decrementAndGet();
        }
        return null;
    }

    private static long id(int sender, int count) {
        return (long) sender << 32 | count;
    }

    private static int length(SplittableRandom random) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> random.nextInt(ID_BYTES, LONGEST + 1);
            case 2 -> random.nextInt(16_000, 17_000);
            default -> random.nextInt(ID_BYTES, 1500);
        };
    }

    private void send(UdpSocket socket, InetSocketAddress to, long id, int length, SplittableRandom random)
            throws IOException {
        byte[] bytes = bytes(id, length);
        if (length == 0) {
            emptySent.incrementAndGet();
        } else {
            sent.put(id, length);
        }
        switch (random.nextInt(3)) {
            case 0 -> {
                if (to == null) {
                    socket.send(bytes, 0, length);
                } else {
                    socket.send(bytes, 0, length, to);
                }
            }
            case 1 -> send(socket, to, Flow.direct(bytes));
            default -> send(socket, to, ByteBuffer.wrap(bytes).asReadOnlyBuffer());
        }
    }

    private static void send(UdpSocket socket, InetSocketAddress to, ByteBuffer source) throws IOException {
        if (to == null) {
            socket.send(source);
        } else {
            socket.send(source, to);
        }
    }

    /** The id, and then bytes that follow from it. */
    private static byte[] bytes(long id, int length) {
        byte[] bytes = Sequence.bytes(id, length);
        if (length >= ID_BYTES) {
            ByteBuffer.wrap(bytes).putLong(id);
        }
        return bytes;
    }

    // ---- receiving ----

    private Void receive(List<UdpSocket> sockets, int number, SplittableRandom random) throws Exception {
        UdpSocket socket = sockets.get(number);
        while (!isOver(sockets)) {
            int room = random.nextBoolean() ? random.nextInt(ID_BYTES, 2000) : random.nextInt(2000, LONGEST);
            try {
                receive(socket, sockets, room, Duration.ofNanos(random.nextLong(200_000, 4_000_000)), random);
            } catch (SocketTimeoutException e) {
                timeouts.incrementAndGet();
            }
        }
        return null;
    }

    private boolean isOver(List<UdpSocket> sockets) throws IOException {
        return senders.get() == 0
                && received.size() + emptyReceived.get() + drops(sockets) >= sent.size() + emptySent.get();
    }

    private void receive(UdpSocket socket, List<UdpSocket> sockets, int room, Duration timeout,
            SplittableRandom random) throws IOException {
        byte[] array = new byte[room];
        switch (random.nextInt(4)) {
            case 0 -> check(sockets, socket.receive(array, 0, room, timeout), array);
            case 1 -> {
                ByteBuffer direct = ByteBuffer.allocateDirect(room);
                Datagram datagram = socket.receive(direct, timeout);
                direct.get(0, array);
                check(sockets, datagram, array);
            }
            case 2 -> check(sockets, socket.receive(MemorySegment.ofArray(array), timeout), array);
            default -> {
                if (socket.isConnected()) {
                    int length = socket.receiveFromPeer(array, 0, room, timeout);
                    check(sockets, new Datagram(socket.getRemoteAddress(), Math.min(length, room), length), array);
                } else {
                    check(sockets, socket.receive(ByteBuffer.wrap(array), timeout), array);
                }
            }
        }
    }

    private void check(List<UdpSocket> sockets, Datagram datagram, byte[] array) throws IOException {
        if (datagram.length() == 0) {
            emptyReceived.incrementAndGet();
            return;
        }
        long id = ByteBuffer.wrap(array).getLong(0);
        assertThat(sent).as("seed %s", seed).containsEntry(id, datagram.length());
        assertThat(received.add(id)).as("%x is received once, seed %s", id, seed).isTrue();
        assertThat(datagram.sender()).as("seed %s", seed).isEqualTo(Udp.address(sockets.get((int) (id >>> 32))));
        assertThat(datagram.count()).isEqualTo(Math.min(datagram.length(), array.length));
        byte[] expected = bytes(id, datagram.length());
        for (int i = 0; i < datagram.count(); i++) {
            if (array[i] != expected[i]) {
                throw new AssertionError("byte " + i + " of " + Long.toHexString(id) + " is wrong, seed " + seed);
            }
        }
        if (datagram.isTruncated()) {
            cut.incrementAndGet();
        }
    }

    // ---- what the system had no room for ----

    /** The table is read in pieces: as other sockets come and go, it may show one of ours twice, or leave it out. */
    private long drops(List<UdpSocket> sockets) throws IOException {
        for (String line : Files.readAllLines(DROPS)) {
            String[] columns = BLANKS.split(line.strip(), -1);
            if (columns[1].contains(":")) {   // below the heading
                int port = Integer.parseInt(columns[1].substring(columns[1].indexOf(':') + 1), 16);
                drops.merge(port, Long.parseLong(columns[columns.length - 1]), Long::max);
            }
        }
        long sum = 0;
        for (UdpSocket socket : sockets) {
            sum += drops.getOrDefault(Udp.address(socket).getPort(), 0L);
        }
        return sum;
    }
}
