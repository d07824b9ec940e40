package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Timeouts by the thousand: while bytes arrive, and all at one moment. */
class TimeoutStormContractTest extends Contract {
    private static final Duration TIMEOUT = Duration.ofMillis(3);
    private static final int CONNECTIONS = 20;
    private static final int APART = 104_729;   // each connection has bytes of its own

    private final Seed seed = new Seed();

    // ---- against arrivals ----

    @Test
    void aThousandReadsOfThreeMillisecondsGetEachByteOnceAndInOrder() throws Exception {
        race(1000);
    }

    @Stress
    @Test
    void tenThousandReadsOfThreeMillisecondsGetEachByteOnceAndInOrder() throws Exception {
        race(10_000);
    }

    private void race(int reads) throws Exception {
        seed.tell(flavor + ", reads that race their timeouts");
        List<Call<Long>> writers = new ArrayList<>();
        List<Call<Result>> readers = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Pair pair = pair();
            SplittableRandom random = seed.random(i);
            long start = (long) i * APART;
            Reader reader = new Reader(pair.near(), start, random.split());
            readers.add(call(() -> reader.read(reads / CONNECTIONS)));
            writers.add(call(() -> write(pair.far(), start, random)));
        }
        int timeouts = 0;
        int arrivals = 0;
        long bytes = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            Result result = readers.get(i).result();
            assertThat(writers.get(i).result()).as("seed %s, connection %s", seed, i).isEqualTo(result.bytes());
            timeouts += result.timeouts();
            bytes += result.bytes();
            arrivals += reads / CONNECTIONS - result.timeouts();
        }
        System.out.println(flavor + ": " + timeouts + " timeouts, " + arrivals + " arrivals, " + bytes
                + " bytes, 0 wrong, seed " + seed);
        assertThat(timeouts).as("seed %s", seed).isGreaterThan(reads / 50);
        assertThat(arrivals).as("seed %s", seed).isGreaterThan(reads / 50);
    }

    private record Result(long bytes, int timeouts) {}

    /** Reads into two targets in turn, so that one a read has given up is looked at again after the next read. */
    private static final class Reader {
        private final TcpSocket socket;
        private final long start;
        private Target present;
        private Target former;
        private long done;

        Reader(TcpSocket socket, long start, SplittableRandom random) {
            this.socket = socket;
            this.start = start;
            this.present = Target.some(random, 64);
            this.former = Target.some(random, 64);
        }

        /** Reads so many times, and then what is left. */
        Result read(int reads) throws IOException {
            int timeouts = 0;
            for (int i = 0; i < reads; i++) {
                try {
                    take(socket.read(present.buffer(), TIMEOUT));
                } catch (SocketTimeoutException expected) {
                    timeouts++;
                    present.assertUntouched("timed out");
                }
                turn();
            }
            socket.shutdownOutput();   // tells the writer that it is enough
            while (take(socket.read(present.buffer()))) {
                turn();
            }
            return new Result(done, timeouts);
        }

        private boolean take(int count) {
            if (count < 0) {
                return false;
            }
            present.assertHas(Sequence.bytes(start + done, count), "of the stream");
            present.renew();
            done += count;
            return true;
        }

        private void turn() {
            former.assertUntouched("timed out, or read, a call ago");
            Target next = former;
            former = present;
            present = next;
        }
    }

    /** Writes a few bytes about every three milliseconds, until the reader ends its own output. */
    private static long write(TcpSocket socket, long start, SplittableRandom random) throws IOException {
        long done = 0;
        while (!hasEnded(socket, Duration.ofNanos(random.nextLong(5_000_000) + 500_000))) {
            int count = random.nextInt(1, 8);
            done += socket.write(Sequence.bytes(start + done, count), 0, count);
        }
        socket.shutdownOutput();
        return done;
    }

    /** Waits so long at most; that wait is a read with a timeout, too. */
    private static boolean hasEnded(TcpSocket socket, Duration pause) throws IOException {
        try {
            return socket.read(new byte[1], 0, 1, pause) < 0;
        } catch (SocketTimeoutException notYet) {
            return false;
        }
    }

    // ---- at one moment ----

    @Test
    void manyReadsWithOneDeadlineAllTimeOutAndEverySocketLivesOn() throws Exception {
        assertTimeOutTogether(500);
    }

    @Stress
    @Test
    void fiveThousandReadsWithOneDeadlineAllTimeOutAndEverySocketLivesOn() throws Exception {
        assertTimeOutTogether(5000);
    }

    private void assertTimeOutTogether(int reads) throws Exception {
        List<Pair> pairs = Pair.on(loop, reads);
        long deadline = System.nanoTime() + Duration.ofMillis(200).toNanos() + reads * 100_000L;
        List<Call<Long>> calls = new ArrayList<>();
        for (Pair pair : pairs) {
            calls.add(call(() -> lateness(pair.near(), deadline)));
        }
        Duration latest = Duration.ZERO;
        for (Call<Long> each : calls) {
            Duration late = Duration.ofNanos(each.result());
            assertThat(late).isBetween(Duration.ZERO, Duration.ofSeconds(5));
            latest = late.compareTo(latest) > 0 ? late : latest;
        }
        System.out.println(flavor + ": " + reads + " timeouts at one moment, the latest " + latest.toMillis()
                + " ms after it");
        for (Pair pair : pairs) {
            pair.far().write(new byte[] {1}, 0, 1);
            assertThat(pair.near().read(new byte[2], 0, 2)).isOne();
        }
    }

    /** How long after {@code deadline} a read with that deadline has timed out. */
    private static long lateness(TcpSocket socket, long deadline) throws IOException {
        try {
            return socket.read(new byte[1], 0, 1, Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        } catch (SocketTimeoutException expected) {
            return System.nanoTime() - deadline;
        }
    }
}
