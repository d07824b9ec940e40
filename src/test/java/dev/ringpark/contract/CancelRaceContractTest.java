package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A byte arrives while the read that waits for it is asked to end. Whichever comes first, the byte is delivered once,
 * or stays where the next one who looks finds it: the next read, or, where the socket was closed, the kernel, which
 * answers bytes that nobody has read with a reset.
 */
@Timeout(60)
class CancelRaceContractTest extends Contract {
    private static final byte BYTE = 42;
    private static final int TIMEOUT_ROUNDS = 500;
    private static final int ROUNDS = 100;
    private static final int MANY_ROUNDS = 2000;
    private static final int BYTE_FIRST = 0;
    private static final int CANCEL_FIRST = 1;
    private static final int SPINS_FOR_EVER = 1_000_000_000;

    private final Seed seed = new Seed();
    private final SplittableRandom random = seed.random(0);
    private final Duel duel = new Duel(seed.random(1));

    @BeforeEach
    void tellTheSeed() {
        seed.tell(flavor + ", a byte against a cancel");
    }

    /**
     * Two who start at one moment and spin for random times. Whoever wins starts a bit later the next time, by twice as
     * much if he has won before: so both win about as often, whatever the machine, and most rounds are close ones. The
     * first two, in which it is settled who wins, do not count.
     */
    private static final class Duel {
        private static final int MOST_DOUBLINGS = 14;

        private final SplittableRandom random;
        private int lead;   // spins by which the byte starts after the cancel
        private int streak;   // positive for arrivals one after the other, negative for cancels
        private int arrivals;
        private int cancels;

        Duel(SplittableRandom random) {
            this.random = random;
        }

        /** The spins of a round: positive for the byte to wait, negative for the cancel. */
        int next() {
            return lead + random.nextInt(-200, 201);
        }

        void arrived(int round) {
            if (round > CANCEL_FIRST) {
                arrivals++;
                streak = Math.max(streak, 0) + 1;
                lead += handicap();
            }
        }

        void cancelled(int round) {
            if (round > CANCEL_FIRST) {
                cancels++;
                streak = Math.min(streak, 0) - 1;
                lead -= handicap();
            }
        }

        private int handicap() {
            return random.nextInt(1, 100) << (Math.min(Math.abs(streak), MOST_DOUBLINGS) - 1);
        }

        static void spin(int times) {
            for (int i = 0; i < times; i++) {
                Thread.onSpinWait();
            }
        }

        @Override
        public String toString() {
            return arrivals + " arrivals, " + cancels + " cancels";
        }
    }

    private String round(int number) {
        return "seed " + seed + ", round " + number + ", " + duel;
    }

    private void assertBothHaveWon(int rounds) {
        System.out.println(flavor + ": " + duel + ", 0 bytes lost or doubled, seed " + seed);
        assertThat(duel.arrivals).as(round(rounds)).isGreaterThan(rounds / 10);
        assertThat(duel.cancels).as(round(rounds)).isGreaterThan(rounds / 10);
    }

    // ---- timeouts ----

    @Test
    void aByteThatRacesATimeoutIsReadByThisReadOrByTheNext() throws Exception {
        Outside connection = outside();
        for (int round = 0; round < TIMEOUT_ROUNDS; round++) {
            int number = round;
            int spins = spinsOf(round);
            Target target = Target.some(random, 2);
            Call<Integer> read = call(() -> readOrTimeOut(connection.near(), target, Math.max(0, -spins), number));
            if (round == CANCEL_FIRST) {
                read.awaitEnd();
            }
            Duel.spin(spins);
            connection.far().getOutputStream().write(Sequence.at(round));
            int first = read.result();
            if (first == 0) {
                duel.cancelled(round);
                assertThat(call(() -> readOne(connection.near(), number)).result()).as(round(number)).isOne();
                target.assertUntouched(round(round));
            } else {
                duel.arrived(round);
                assertThat(first).as(round(number)).isOne();
            }
        }
        connection.far().shutdownOutput();
        assertThat(call(() -> connection.near().read(new byte[8], 0, 8)).result()).as("no byte twice").isEqualTo(-1);
        assertBothHaveWon(TIMEOUT_ROUNDS);
    }

    /** In the first two rounds it is settled who wins; in the others chance decides. */
    private int spinsOf(int round) {
        return switch (round) {
            case BYTE_FIRST -> -SPINS_FOR_EVER;
            case CANCEL_FIRST -> 0;
            default -> duel.next();
        };
    }

    /** A spin takes some tens of nanoseconds; how many is of no matter, as the duel adapts. */
    private static int readOrTimeOut(TcpSocket socket, Target target, int spins, int round) throws IOException {
        try {
            int count = socket.read(target.buffer(), Duration.ofNanos(1 + spins * 40L));
            target.assertHas(Sequence.bytes(round, 1), "round " + round);
            return count;
        } catch (SocketTimeoutException e) {
            target.assertUntouched("round " + round);
            return 0;
        }
    }

    private static int readOne(TcpSocket socket, int round) throws IOException {
        byte[] target = new byte[2];
        int count = socket.read(target, 0, 2);
        Sequence.check(target, count, round);
        return count;
    }

    // ---- interrupts and closes ----

    /** Has the read end early. */
    @FunctionalInterface
    private interface Cancel {
        void of(Call<?> read, TcpSocket socket) throws Exception;
    }

    @Test
    void aByteThatRacesAnInterruptIsReadOrIsLeftUnreadInTheClosedSocket() throws Exception {
        interrupt(ROUNDS);
    }

    @Stress
    @Test
    void bytesThatRaceInterruptsByTheThousandAreReadOrLeftUnread() throws Exception {
        interrupt(MANY_ROUNDS);
    }

    private void interrupt(int rounds) throws Exception {
        race(rounds, (read, socket) -> read.thread().interrupt(), ClosedByInterruptException.class);
    }

    @Test
    void aByteThatRacesACloseIsReadOrIsLeftUnreadInTheClosedSocket() throws Exception {
        close(ROUNDS);
    }

    @Stress
    @Test
    void bytesThatRaceClosesByTheThousandAreReadOrLeftUnread() throws Exception {
        close(MANY_ROUNDS);
    }

    private void close(int rounds) throws Exception {
        race(rounds, (read, socket) -> socket.close(), AsynchronousCloseException.class);
    }

    private void race(int rounds, Cancel cancel, Class<? extends ClosedChannelException> failure) throws Exception {
        LeftUnread leftUnread = new LeftUnread();
        for (int round = 0; round < rounds; round++) {
            Outside connection = Outside.of(loop);
            Target target = Target.some(random, 2);
            Call<Integer> read = call(() -> connection.near().read(target.buffer()));
            Eventually.until(() -> loop.stats().submitted() > loop.stats().completed(), "the read is asked for");
            race(round, connection, read, cancel);
            read.awaitEnd();
            if (target.buffer().position() > 0) {
                duel.arrived(round);
                assertThat(read.result()).as(round(round)).isOne();
                target.assertHas(new byte[] {BYTE}, round(round));
                assertNothingLeft(connection);
                connection.near().close();
                connection.reset();
            } else {
                duel.cancelled(round);
                assertThat(read.failure()).as(round(round)).isExactlyInstanceOf(failure);
                connection.near().close();
                closeLater(connection.far());
                leftUnread.add(connection, target, round(round));
            }
        }
        leftUnread.end(round(rounds));
        assertBothHaveWon(rounds);
    }

    private void race(int round, Outside connection, Call<?> read, Cancel cancel) throws Exception {
        if (round == BYTE_FIRST) {
            connection.far().getOutputStream().write(BYTE);
            read.awaitEnd();
            cancel.of(read, connection.near());
        } else if (round == CANCEL_FIRST) {
            cancel.of(read, connection.near());
            read.awaitEnd();
            connection.far().getOutputStream().write(BYTE);
        } else {
            race(connection, read, cancel);
        }
    }

    private void race(Outside connection, Call<?> read, Cancel cancel) throws Exception {
        int spins = duel.next();
        Call<Void> writer = call(Thread.ofPlatform()::start, () -> {
            Duel.spin(spins);
            connection.far().getOutputStream().write(BYTE);
            return null;
        });
        Duel.spin(-spins);
        cancel.of(read, connection.near());
        writer.result();
    }

    private void assertNothingLeft(Outside connection) throws Exception {
        if (connection.near().isOpen()) {   // the cancel came after the end of the call
            connection.far().shutdownOutput();
            assertThat(call(() -> connection.near().read(new byte[1], 0, 1)).result()).isEqualTo(-1);
        }
    }
}
