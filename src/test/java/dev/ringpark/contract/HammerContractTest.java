package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Threads of every kind ask all they can of one loop, all at once; then all of it ends, and nothing is lost. */
class HammerContractTest extends Contract {
    private static final int THREADS = 200;
    private static final int CHOICES = 8;
    private static final int BYTES = 16;   // who asks, and how often he has

    private final Seed seed = new Seed();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong echoes = new AtomicLong();
    private final AtomicLong served = new AtomicLong();
    private final AtomicLong started = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong unparked = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private final AtomicLong cutOff = new AtomicLong();

    @Test
    void aSecondOfSubmitStartCloseAndUnparkByTwoHundredThreadsLosesNothing() throws Exception {
        hammer(Duration.ofSeconds(1));
    }

    @Stress
    @Test
    void aMinuteOfSubmitStartCloseAndUnparkByTwoHundredThreadsLosesNothing() throws Exception {
        hammer(Duration.ofMinutes(1));
    }

    private void hammer(Duration time) throws Exception {
        seed.tell(flavor + ", the hammer");
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort(), THREADS);
        Call<Integer> server = call(() -> serve(listener));
        List<Function<Runnable, Thread>> kinds =
                List.of(loop::startVirtualThread, Thread.ofPlatform()::start, Thread.ofVirtual()::start);
        call(() -> {
            new Hammer(listener, seed.random(THREADS), THREADS).warmUp();
            return null;
        }).result();
        CountDownLatch left = new CountDownLatch(THREADS);
        long end = System.nanoTime() + time.toNanos();
        List<Call<Integer>> hammers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Hammer hammer = new Hammer(listener, seed.random(i), i);
            hammers.add(call(kinds.get(i % kinds.size()), () -> hammer.workUntil(end, left)));
        }

        assertThat(left.await(time.toSeconds() + Eventually.LONG_SECONDS, TimeUnit.SECONDS))
                .as("%s have not ended: %s", left.getCount(), this).isTrue();
        for (Call<Integer> hammer : hammers) {
            assertThat(hammer.result()).as("%s", this).isPositive();
        }
        Eventually.until(() -> ended.get() == started.get(), "ended all threads that were started");
        listener.close();
        assertThat(server.result()).as("connections").isEqualTo(connections.get());
        System.out.println(this);
        assertThat(served.get()).as("messages of the server's").isEqualTo(echoes.get());
        assertThat(loop.stats().staleTokens()).as("%s", this).isZero();
        assertPasses(pair());
    }

    @Override
    public String toString() {
        return flavor + ": " + echoes + " echoes, " + BYTES * echoes.get() + " bytes, 0 wrong; " + started
                + " threads started, " + unparked + " unparks, " + closed + " sockets closed, " + cutOff
                + " of them under a read; " + loop.stats() + "; seed " + seed;
    }

    // ---- the other end ----

    /** Until the listener is closed; how many have come. */
    private int serve(TcpListener listener) throws IOException {
        int accepted = 0;
        try {
            while (true) {
                TcpSocket socket = listener.accept();
                accepted++;
                loop.startVirtualThread(() -> echo(socket));
            }
        } catch (ClosedChannelException theEnd) {
            return accepted;
        }
    }

    private void echo(TcpSocket socket) {
        byte[] bytes = new byte[BYTES];
        try (socket) {
            while (socket.in().readNBytes(bytes, 0, BYTES) == BYTES) {
                served.incrementAndGet();   // first: who has the answer may look
                socket.out().write(bytes);
            }
        } catch (SocketException reset) {
            assertThat(reset).hasMessage("Connection reset");
        } catch (ClosedChannelException loopClosed) {
            assertThat(loop.isOpen()).isFalse();   // after a failure: nothing else closes it
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- one of the two hundred ----

    /** One thread and the connection it has just now. */
    private final class Hammer {
        private final TcpListener listener;
        private final SplittableRandom random;
        private final int id;
        private int asked;
        private TcpSocket socket;

        Hammer(TcpListener listener, SplittableRandom random, int id) {
            this.listener = listener;
            this.random = random;
            this.id = id;
        }

        int workUntil(long end, CountDownLatch left) throws Exception {
            try {
                connect();
                int done = 0;
                do {
                    make(random.nextInt(CHOICES));
                    done++;
                } while (System.nanoTime() - end < 0);
                socket.close();
                return done;
            } finally {
                left.countDown();
            }
        }

        /** Whatever a thread may do; one of a kind first, as two hundred would load its classes all at once. */
        void warmUp() throws Exception {
            connect();
            for (int choice = 0; choice < CHOICES; choice++) {
                make(choice);
            }
            socket.close();
        }

        private void make(int choice) throws Exception {
            switch (choice) {
                case 0, 1, 2 -> echo();
                case 3, 4 -> start();
                case 5 -> unparkInVain();
                case 6 -> {
                    close();
                    connect();
                }
                default -> {
                    closeUnderARead();
                    connect();
                }
            }
        }

        private void connect() throws IOException {
            socket = TcpSocket.connect(loop, Objects.requireNonNull(listener.getLocalAddress()));
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);   // or the ports would run out
            connections.incrementAndGet();
            echo();   // it has been accepted then
        }

        private void echo() throws IOException {
            byte[] question = ByteBuffer.allocate(BYTES).putLong(id).putLong(asked++).array();
            socket.out().write(question);
            byte[] answer = socket.in().readNBytes(BYTES);
            if (!Arrays.equals(answer, question)) {
                throw new AssertionError(id + " asked " + Arrays.toString(question) + " and was answered "
                        + Arrays.toString(answer) + ", seed " + seed);
            }
            echoes.incrementAndGet();
        }

        /** A thread of the loop that waits for this one, and then for a turn of its own. */
        private void start() throws InterruptedException {
            AtomicInteger go = new AtomicInteger();
            Thread waiting = loop.startVirtualThread(() -> {
                while (go.get() == 0) {
                    LockSupport.park(go);
                }
                ended.incrementAndGet();
            });
            started.incrementAndGet();
            spin();
            go.set(1);
            LockSupport.unpark(waiting);
            unparked.incrementAndGet();
            if (random.nextBoolean()) {
                waiting.join();
            }
        }

        /** A permit, be it for the thread of a call that waits, wakes it once too often and harms nothing. */
        private void unparkInVain() throws Exception {
            Thread self = Thread.currentThread();
            Thread other = loop.startVirtualThread(() -> {
                LockSupport.unpark(self);
                ended.incrementAndGet();
            });
            started.incrementAndGet();
            unparked.addAndGet(2);
            echo();
            LockSupport.unpark(other);
        }

        private void close() throws IOException {
            socket.close();
            closed.incrementAndGet();
        }

        private void closeUnderARead() throws Exception {
            TcpSocket read = socket;
            AtomicInteger ending = new AtomicInteger();
            Thread reader = loop.startVirtualThread(() -> {
                ending.set(readToTheClose(read));
                ended.incrementAndGet();
            });
            started.incrementAndGet();
            spin();
            close();
            reader.join();
            if (ending.get() != 1) {
                throw new AssertionError("a read that was closed ended with " + ending + ", seed " + seed);
            }
            cutOff.incrementAndGet();
        }

        private static int readToTheClose(TcpSocket socket) {
            try {
                return -socket.read(new byte[1], 0, 1) - 2;
            } catch (ClosedChannelException expected) {
                return 1;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void spin() {
            for (int left = random.nextInt(500); left > 0; left--) {
                Thread.onSpinWait();
            }
        }
    }
}
