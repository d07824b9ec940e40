package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A transfer that waited for its turn, and then has nothing left to move, as one before it used the same buffer. */
class DispatcherSpentBuffersTest extends DispatcherContract {
    private static final byte[] TWENTY = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
    private static final int[] LAST_TEN = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

    @Test
    void aFullArrayTakesNothing() throws IOException {
        byte[] all = new byte[30];
        receiveTwiceInto(ByteBuffer.wrap(all, 10, 10).slice());

        for (int i = 0; i < 30; i++) {
            assertThat(all[i]).isEqualTo((byte) (i >= 10 && i < 20 ? i - 9 : 0));
        }
    }

    @Test
    void aFullDirectBufferTakesNothing() throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(30);
        receiveTwiceInto(all.slice(10, 10));

        for (int i = 0; i < 30; i++) {
            assertThat(all.get(i)).isEqualTo((byte) (i >= 10 && i < 20 ? i - 9 : 0));
        }
    }

    private void receiveTwiceInto(ByteBuffer ten) throws IOException {
        Pair pair = pair();
        ByteBuffer rest = ByteBuffer.allocate(11);
        Request<ByteBuffer> first = dispatcher.receive(pair.far(), ten, ignoring());
        Request<ByteBuffer> second = dispatcher.receive(pair.far(), ten, ignoring());
        Request<ByteBuffer> third = dispatcher.receive(pair.far(), rest, ignoring());
        await(dispatcher.send(pair.near(), ByteBuffer.wrap(TWENTY), ignoring()), first, second, third);

        assertThat(first.count()).isEqualTo(10);
        assertThat(second.count()).isZero();
        assertThat(second.result()).isSameAs(ten);
        assertThat(third.count()).isEqualTo(10);
        assertHolds(rest, LAST_TEN);
    }

    @Test
    void fullBuffersTakeNothing() throws IOException {
        Pair pair = pair();
        ByteBuffer[] ten = {ByteBuffer.allocate(4), ByteBuffer.allocateDirect(6)};
        ByteBuffer rest = ByteBuffer.allocate(11);
        Request<ByteBuffer[]> first = dispatcher.receive(pair.far(), ten, ignoring());
        Request<ByteBuffer[]> second = dispatcher.receive(pair.far(), ten, ignoring());
        Request<ByteBuffer> third = dispatcher.receive(pair.far(), rest, ignoring());
        await(dispatcher.send(pair.near(), ByteBuffer.wrap(TWENTY), ignoring()), first, second, third);

        assertThat(first.count()).isEqualTo(10);
        assertThat(second.count()).isZero();
        assertThat(third.count()).isEqualTo(10);
        assertHolds(rest, LAST_TEN);
    }

    @Test
    void whatHasBeenSentIsNotSentAgain() throws IOException {
        Pair pair = pair();
        for (ByteBuffer three : new ByteBuffer[] {bytes(1, 2, 3), direct(1, 2, 3)}) {
            Request<ByteBuffer> first = dispatcher.send(pair.near(), three, ignoring());
            Request<ByteBuffer> second = dispatcher.send(pair.near(), three, ignoring());
            ByteBuffer[] again = {three};
            Request<ByteBuffer[]> third = dispatcher.send(pair.near(), again, ignoring());
            await(first, second, third, dispatcher.send(pair.near(), bytes(4), ignoring()));
            assertThat(first.count()).isEqualTo(3);
            assertThat(second.count()).isZero();
            assertThat(third.count()).isZero();
        }
        await(dispatcher.shutdown(pair.near(), ignoring()));

        assertHolds(allOf(pair.far()), 1, 2, 3, 4, 1, 2, 3, 4);
    }

    private static ByteBuffer direct(int... values) {
        return ByteBuffer.allocateDirect(values.length).put(bytes(values)).flip();
    }

    private ByteBuffer allOf(SocketHandle socket) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(100);
        Request<ByteBuffer> received = new Request<>(ignoring());
        do {
            dispatcher.receive(socket, all, received);
            await(received);
        } while (received.count() > 0);
        return all;
    }
}
