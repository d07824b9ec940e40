package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.Datagram;
import dev.ringpark.UdpSocket;
import java.lang.foreign.MemorySegment;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Datagrams: whole or cut and said so, through every kind of memory, to exactly one of those who wait. */
class UdpContractTest extends Contract {
    /** Around the sizes at which a loop's buffers end, and the largest there is. */
    private static final int[] SIZES = {0, 1, 1500, 16_383, 16_384, 16_385, 65_506, 65_507};
    private static final byte UNTOUCHED = 77;

    /** A way to receive into new memory of {@code room} bytes: what it told, and what is in the memory. */
    private record Way(String name, Receive from, Receive fromPeer) {}

    @FunctionalInterface
    private interface Receive {
        Got into(UdpSocket socket, int room) throws Exception;
    }

    @SuppressWarnings("ArrayRecordComponent")   // compared by nobody
    private record Got(int length, byte[] memory) {}

    // ---- whole ----

    @Test
    void whatIsSentAtOnceIsThereWithWordOfItsSender() throws Exception {
        UdpSocket near = Udp.bound(loop);
        UdpSocket far = Udp.bound(loop);
        call(() -> {
            near.send(Sequence.bytes(100), 0, 100, Udp.address(far));
            near.send(ByteBuffer.wrap(Sequence.bytes(200)), Udp.address(far));
            return null;
        }).result();

        byte[] target = new byte[300];
        assertThat(call(() -> far.receive(target, 0, 300)).result())
                .isEqualTo(new Datagram(Udp.address(near), 100, 100));
        assertThat(call(() -> far.receive(target, 100, 200)).result())
                .isEqualTo(new Datagram(Udp.address(near), 200, 200));
        Sequence.check(target, 100, 0);
        assertThat(Arrays.copyOfRange(target, 100, 300)).isEqualTo(Sequence.bytes(200));
    }

    @Test
    void manyAreSentInTheirOrderEachWhole() throws Exception {
        UdpSocket near = Udp.bound(loop);
        UdpSocket far = Udp.bound(loop);
        for (boolean connected : new boolean[] {false, true}) {
            ByteBuffer[] sources = new ByteBuffer[200];
            for (int i = 0; i < sources.length; i++) {
                int length = 1 + i % 90;
                sources[i] = i % 2 == 0 ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
                sources[i].put(0, (byte) i);
            }
            Call<Void> receiver = call(() -> {
                for (int i = 0; i < sources.length; i++) {
                    byte[] target = new byte[100];
                    assertThat(far.receive(target, 0, 100).length()).isEqualTo(1 + i % 90);
                    assertThat(target[0]).isEqualTo((byte) i);
                }
                return null;
            });
            call(() -> {
                if (connected) {
                    near.connect(Udp.address(far));
                    near.sendAll(sources);
                } else {
                    near.sendAll(sources, Udp.address(far));
                }
                return null;
            }).result();
            receiver.result();
            assertThat(sources).noneMatch(ByteBuffer::hasRemaining);
        }
    }

    @Test
    void whatWasSentBeforeOneThatCannotBeIsKnownByItsBuffer() throws Exception {
        UdpSocket near = Udp.bound(loop);
        UdpSocket far = Udp.bound(loop);
        ByteBuffer[] sources = {ByteBuffer.allocate(1), ByteBuffer.allocate(2), ByteBuffer.allocate(70_000),
            ByteBuffer.allocate(3)};
        assertThat(failureOf(() -> {
            near.sendAll(sources, Udp.address(far));
            return null;
        })).isInstanceOf(SocketException.class).hasMessageContaining("70000 bytes");
        assertThat(sources[0].hasRemaining() || sources[1].hasRemaining()).isFalse();
        assertThat(sources[2].remaining()).isEqualTo(70_000);
        assertThat(sources[3].remaining()).isEqualTo(3);
        assertThat(call(() -> far.receive(new byte[9], 0, 9).length()).result()).isEqualTo(1);
        assertThat(call(() -> far.receive(new byte[9], 0, 9).length()).result()).isEqualTo(2);
        ByteBuffer[] empty = {ByteBuffer.allocate(0), ByteBuffer.allocate(4)};
        call(() -> {
            near.sendAll(empty, Udp.address(far));
            near.sendAll(new ByteBuffer[0], Udp.address(far));
            return null;
        }).result();
        assertThat(call(() -> far.receive(new byte[9], 0, 9).length()).result()).isZero();
        assertThat(call(() -> far.receive(new byte[9], 0, 9).length()).result()).isEqualTo(4);
    }

    @Test
    void aSocketThatHasNoAddressGetsOneWhenItSendsOrReceives() throws Exception {
        UdpSocket far = Held.hold(UdpSocket.open(loop));
        assertThat(far.getLocalAddress()).isNull();
        Call<Datagram> receive = parked(() -> far.receive(new byte[9], 0, 9));
        UdpSocket near = Held.hold(UdpSocket.open(loop));
        call(() -> {
            near.send(new byte[3], 0, 3, Udp.local(far));
            return null;
        }).result();

        assertThat(receive.result()).isEqualTo(new Datagram(Udp.local(near), 3, 3));
    }

    @Test
    void theJdksSocketsAreAtTheOtherEndToo() throws Exception {
        UdpSocket near = Udp.bound(loop);
        DatagramSocket far = closeLater(new DatagramSocket(Loopback.anyPort()));
        far.setSoTimeout((int) Eventually.LONG_SECONDS * 1000);
        far.send(new DatagramPacket(Sequence.bytes(50), 50, Udp.address(near)));
        Datagram there = call(() -> near.receive(new byte[80], 0, 80)).result();
        call(() -> {
            near.send(Sequence.bytes(60), 0, 60, there.sender());
            return null;
        }).result();

        DatagramPacket back = new DatagramPacket(new byte[80], 80);
        far.receive(back);
        assertThat(there.sender()).isEqualTo(far.getLocalSocketAddress());
        assertThat(back.getLength()).isEqualTo(60);
        assertThat(back.getSocketAddress()).isEqualTo(Udp.address(near));
    }

    @Test
    void datagramsOfEverySizeGoThroughEveryKindOfMemory() throws Exception {
        UdpSocket near = Udp.bound(loop);
        UdpSocket far = Udp.bound(loop);
        Udp connected = Udp.connected(loop);
        for (Memory memory : Memory.values()) {
            for (int bytes : SIZES) {
                call(() -> {
                    assertPasses(near, Udp.address(far), far, memory, bytes);
                    if (bytes > 0) {
                        assertPasses(connected.near(), null, connected.far(), memory, bytes);
                    }
                    return null;
                }).result();
            }
        }
    }

    private static void assertPasses(UdpSocket near, InetSocketAddress to, UdpSocket far, Memory memory, int bytes)
            throws Exception {
        byte[] expected = Sequence.bytes(bytes, bytes);
        try (Arenas arenas = new Arenas()) {
            ByteBuffer source = memory.bufferSlice(arenas, bytes);
            source.put(source.position(), expected);
            MemorySegment segment = memory.slice(arenas, bytes).copyFrom(MemorySegment.ofArray(expected));
            send(near, source, segment, to);
            assertThat(source.hasRemaining()).isFalse();

            ByteBuffer target = memory.bufferSlice(arenas, bytes);
            int start = target.position();
            MemorySegment targetSegment = memory.slice(arenas, bytes);
            boolean fromPeer = to == null;
            assertThat(fromPeer ? far.receiveFromPeer(target) : far.receive(target).count()).isEqualTo(bytes);
            assertThat(fromPeer ? far.receiveFromPeer(targetSegment) : far.receive(targetSegment).count())
                    .isEqualTo(bytes);
            assertThat(target.position()).isEqualTo(start + bytes);
            byte[] got = new byte[bytes];
            target.get(start, got);
            assertThat(got).isEqualTo(expected);
            assertThat(Memory.bytes(targetSegment)).isEqualTo(expected);
        }
    }

    private static void send(UdpSocket near, ByteBuffer source, MemorySegment segment, InetSocketAddress to)
            throws Exception {
        if (to == null) {
            near.send(source);
            near.send(segment);
        } else {
            near.send(source, to);
            near.send(segment, to);
        }
    }

    // ---- cut ----

    private static List<Way> ways() {
        return List.of(
                new Way("array", (socket, room) -> {
                    byte[] memory = canary(room + 2);
                    int length = socket.receive(memory, 1, room).length();
                    return new Got(length, memory);
                }, (socket, room) -> {
                    byte[] memory = canary(room + 2);
                    return new Got(socket.receiveFromPeer(memory, 1, room), memory);
                }),
                new Way("heap buffer", inBuffer(ByteBuffer::allocate, false), inBuffer(ByteBuffer::allocate, true)),
                new Way("direct buffer", inBuffer(ByteBuffer::allocateDirect, false),
                        inBuffer(ByteBuffer::allocateDirect, true)));
    }

    private static Receive inBuffer(Function<Integer, ByteBuffer> allocate, boolean fromPeer) {
        return (socket, room) -> {
            ByteBuffer target = allocate.apply(room + 2).put(canary(room + 2)).position(1).limit(room + 1);
            int length = fromPeer ? socket.receiveFromPeer(target) : socket.receive(target).length();
            assertThat(target.position()).isEqualTo(1 + Math.min(room, length));
            byte[] memory = new byte[room + 2];
            target.clear().get(0, memory);
            return new Got(length, memory);
        };
    }

    private static byte[] canary(int bytes) {
        byte[] canary = new byte[bytes];
        Arrays.fill(canary, UNTOUCHED);
        return canary;
    }

    @Test
    void aDatagramThatIsLongerThanTheRoomIsCutAndSaysHowLongItWas() throws Exception {
        Udp pair = Udp.connected(loop);
        for (Way way : ways()) {
            for (Receive receive : List.of(way.from(), way.fromPeer())) {
                assertCut(pair, receive, 100, 10);
                assertCut(pair, receive, 100, 0);
                assertCut(pair, receive, 60_000, 30_000);
                assertCut(pair, receive, 30, 30);
                assertCut(pair, receive, 10, 30);
            }
        }
    }

    private void assertCut(Udp pair, Receive receive, int length, int room) throws Exception {
        Call<Got> waiting = parked(() -> receive.into(pair.far(), room));
        call(() -> {
            pair.near().send(Sequence.bytes(length), 0, length);
            return null;
        }).result();
        Got got = waiting.result();
        int count = Math.min(length, room);

        assertThat(got.length()).isEqualTo(length);
        byte[] expected = canary(room + 2);
        System.arraycopy(Sequence.bytes(count), 0, expected, 1, count);
        assertThat(got.memory()).isEqualTo(expected);
    }

    @Test
    void aReceiptTellsWhetherItWasCut() throws Exception {
        Udp pair = Udp.connected(loop);
        call(() -> {
            pair.near().send(new byte[20], 0, 20);
            pair.near().send(new byte[20], 0, 20);
            return null;
        }).result();
        Datagram cut = call(() -> pair.far().receive(new byte[19], 0, 19)).result();
        Datagram whole = call(() -> pair.far().receive(new byte[20], 0, 20)).result();

        assertThat(cut).isEqualTo(new Datagram(Udp.address(pair.near()), 19, 20));
        assertThat(cut.isTruncated()).isTrue();
        assertThat(whole.isTruncated()).isFalse();
    }

    // ---- empty, and too long ----

    @Test
    void anEmptyDatagramIsOneLikeAnyOther() throws Exception {
        UdpSocket near = Udp.bound(loop);
        UdpSocket far = Udp.bound(loop);
        far.connect(Udp.address(near));
        for (int length : new int[] {0, 0, 5, 0}) {
            Call<Datagram> receive = parked(() -> far.receive(new byte[9], 0, 9));
            call(() -> {
                near.send(new byte[length], 0, length, Udp.address(far));
                return null;
            }).result();
            assertThat(receive.result()).isEqualTo(new Datagram(Udp.address(near), length, length));
        }
        Call<Integer> direct = parked(() -> far.receiveFromPeer(ByteBuffer.allocateDirect(9)));
        call(() -> {
            near.send(ByteBuffer.allocateDirect(0), Udp.address(far));
            near.send(ByteBuffer.allocate(0), Udp.address(far));
            return null;
        }).result();
        assertThat(direct.result()).isZero();
        assertThat(call(() -> far.receiveFromPeer(new byte[9], 0, 9)).result()).isZero();
    }

    @Test
    void aConnectedSocketSendsAnEmptyDatagramOrSaysThatItCannot() throws Exception {
        Udp pair = Udp.connected(loop);
        Send send = () -> pair.near().send(ByteBuffer.allocate(0));
        if (flavor.isOn("selector")) {
            assertThat(failureOf(() -> {
                send.run();
                return null;
            })).isExactlyInstanceOf(SocketException.class)
                    .hasMessage("java.nio sends no empty datagram from a connected socket; io_uring does");
        } else {
            send.run();
            assertThat(call(() -> pair.far().receiveFromPeer(new byte[9], 0, 9)).result()).isZero();
        }
    }

    @Test
    void aDatagramThatIsTooLongIsRefusedWithItsLengthAndTheSocketGoesOn() throws Exception {
        UdpSocket near = Udp.bound(loop);
        Udp pair = Udp.connected(loop);
        InetSocketAddress to = Udp.address(near);
        for (int bytes : new int[] {65_508, 65_535, 65_536, 200_000}) {
            assertTooLong(bytes, () -> near.send(new byte[bytes], 0, bytes, to));
            assertTooLong(bytes, () -> near.send(MemorySegment.ofArray(new byte[bytes]), to));
            assertTooLong(bytes, () -> pair.near().send(ByteBuffer.allocate(bytes)));
            ByteBuffer direct = ByteBuffer.allocateDirect(bytes);
            assertTooLong(bytes, () -> near.send(direct, to));
            assertThat(direct.remaining()).isEqualTo(bytes);
        }
        call(() -> {
            near.send(new byte[1], 0, 1, to);
            return null;
        }).result();
        assertThat(call(() -> near.receive(new byte[1], 0, 1)).result().length()).isOne();
    }

    @Test
    void aSendOfNoBufferAtAllKeepsNobodyElseFromSending() throws Exception {
        UdpSocket near = Udp.bound(loop);
        InetSocketAddress to = Udp.address(near);
        assertThat(failureOf(() -> {
            near.send((ByteBuffer) null, to);
            return null;
        })).isExactlyInstanceOf(NullPointerException.class);
        call(() -> {
            near.send(new byte[1], 0, 1, to);
            return null;
        }).result();
        assertThat(call(() -> near.receive(new byte[1], 0, 1)).result().length()).isOne();
    }

    /** A call without a result. */
    @FunctionalInterface
    private interface Send {
        void run() throws Exception;
    }

    private void assertTooLong(int bytes, Send send) throws Exception {
        assertThat(failureOf(() -> {
            send.run();
            return null;
        })).isExactlyInstanceOf(SocketException.class)
                .hasMessage("Message too long (EMSGSIZE): " + bytes + " bytes");
    }

    // ---- many ----

    @Test
    void ofSeveralThreadsThatReceiveEachDatagramGoesToExactlyOne() throws Exception {
        UdpSocket near = Udp.bound(loop);
        UdpSocket far = Udp.bound(loop);
        int each = 40;
        List<Function<Runnable, Thread>> starters = List.of(loop::startVirtualThread, Thread.ofVirtual()::start,
                Thread.ofPlatform()::start, anotherLoop()::startVirtualThread, loop::startVirtualThread);
        List<Call<BitSet>> receivers = new ArrayList<>();
        for (Function<Runnable, Thread> starter : starters) {
            receivers.add(call(starter, () -> numbers(far, each)));
        }
        Call<Void> sender = call(() -> {
            for (int i = 0; i < each * starters.size(); i++) {
                near.send(ByteBuffer.allocate(4).putInt(0, i), Udp.address(far));
            }
            return null;
        });
        BitSet all = new BitSet();
        for (Call<BitSet> receiver : receivers) {
            BitSet mine = receiver.result();
            assertThat(all.intersects(mine)).isFalse();
            all.or(mine);
        }
        assertThat(all.cardinality()).isEqualTo(each * starters.size());
        sender.result();
    }

    private static BitSet numbers(UdpSocket socket, int count) throws Exception {
        BitSet numbers = new BitSet();
        for (int i = 0; i < count; i++) {
            ByteBuffer target = ByteBuffer.allocate(8);
            assertThat(socket.receive(target).length()).isEqualTo(4);
            numbers.set(target.getInt(0));
        }
        assertThat(numbers.cardinality()).isEqualTo(count);
        return numbers;
    }

    @Test
    void aReceiveThatWaitsHoldsUpNoSend() throws Exception {
        Udp pair = Udp.connected(loop);
        Call<Datagram> receive = parked(() -> pair.near().receive(new byte[1], 0, 1));
        call(() -> {
            pair.near().send(new byte[5], 0, 5);
            return null;
        }).result();

        assertThat(call(() -> pair.far().receiveFromPeer(new byte[9], 0, 9)).result()).isEqualTo(5);
        assertThat(receive.isDone()).isFalse();
    }

    @Test
    void manyWaitWhereThereIsOneBufferAndEachGetsItsDatagram() throws Exception {
        try (var few = flavor.start(flavor.options().withBuffers(512, 1))) {
            UdpSocket near = Udp.bound(few);
            List<UdpSocket> sockets = new ArrayList<>();
            List<Call<Integer>> receives = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                UdpSocket far = Udp.bound(few);
                byte[] target = new byte[i % 2 == 0 ? 300 : 65_535];
                sockets.add(far);
                receives.add(new Call<>(few, few::startVirtualThread,
                        () -> far.receive(target, 0, target.length).length()).whenParked());
            }
            for (int i = 0; i < 40; i++) {
                int bytes = i % 2 == 0 ? i : 1000 * i;
                near.send(new byte[bytes], 0, bytes, Udp.address(sockets.get(i)));
                assertThat(receives.get(i).result()).isEqualTo(bytes);
            }
        }
    }
}
