package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private static final byte UNTOUCHED = 77;
    private static final int ROUNDS = 50;
    private static final int BYTE_FIRST = 0;
    private static final int CANCEL_FIRST = 1;
    private static final int SPINS_FOR_EVER = 1_000_000_000;

    private final Seed seed = new Seed();
    private final Duel duel = new Duel(seed.random(0));

    @BeforeEach
    void tellTheSeed() {
        seed.tell(flavor + ", a byte against a cancel");
    }

    /**
     * Two who start at one moment and spin for random times. Whoever wins starts a bit later the next time, so both win
     * about as often, whatever the machine, and most rounds are close ones.
     */
    private static final class Duel {
        private final SplittableRandom random;
        private int lead;   // spins by which the byte starts after the cancel
        private int arrivals;
        private int cancels;

        Duel(SplittableRandom random) {
            this.random = random;
        }

        /** The spins of a round: positive for the byte to wait, negative for the cancel. */
        int next() {
            return lead + random.nextInt(-200, 201);
        }

        void arrived() {
            arrivals++;
            lead += random.nextInt(1, 100);
        }

        void cancelled() {
            cancels++;
            lead -= random.nextInt(1, 100);
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

    private void assertBothHaveWon() {
        System.out.println(flavor + ": " + duel + ", 0 bytes lost or doubled, seed " + seed);
        assertThat(duel.arrivals).as(round(-1)).isPositive();
        assertThat(duel.cancels).as(round(-1)).isPositive();
    }

    // ---- timeouts ----

    @Test
    void aByteThatRacesATimeoutIsReadByThisReadOrByTheNext() throws Exception {
        Outside connection = outside();
        for (int round = 0; round < 500; round++) {
            int number = round;
            int spins = spinsOf(round);
            Call<Integer> read = call(() -> readOrTimeOut(connection.near(), Math.max(0, -spins), number));
            if (round == CANCEL_FIRST) {
                read.awaitEnd();
            }
            Duel.spin(spins);
            connection.far().getOutputStream().write(Sequence.at(round));
            int first = read.result();
            if (first == 0) {
                duel.cancelled();
                assertThat(call(() -> readOne(connection.near(), number)).result()).as(round(number)).isOne();
            } else {
                duel.arrived();
                assertThat(first).as(round(number)).isOne();
            }
        }
        connection.far().shutdownOutput();
        assertThat(call(() -> connection.near().read(new byte[8], 0, 8)).result()).as("no byte twice").isEqualTo(-1);
        assertBothHaveWon();
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
    private static int readOrTimeOut(TcpSocket socket, int spins, int round) throws IOException {
        byte[] target = {UNTOUCHED, UNTOUCHED};
        try {
            int count = socket.read(target, 0, 2, Duration.ofNanos(1 + spins * 40L));
            Sequence.check(target, count, round);
            return count;
        } catch (SocketTimeoutException e) {
            assertThat(target).containsOnly(UNTOUCHED);
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
        race((read, socket) -> read.thread().interrupt(), ClosedByInterruptException.class);
    }

    @Test
    void aByteThatRacesACloseIsReadOrIsLeftUnreadInTheClosedSocket() throws Exception {
        race((read, socket) -> socket.close(), AsynchronousCloseException.class);
    }

    private void race(Cancel cancel, Class<? extends ClosedChannelException> failure) throws Exception {
        List<Outside> leftUnread = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            Outside connection = Outside.of(loop);
            byte[] target = {UNTOUCHED, UNTOUCHED};
            Call<Integer> read = call(() -> connection.near().read(target, 0, 2));
            Eventually.until(() -> loop.stats().submitted() > loop.stats().completed(), "the read is asked for");
            race(round, connection, read, cancel);
            read.awaitEnd();
            if (target[0] != UNTOUCHED) {
                duel.arrived();
                assertThat(read.result()).as(round(round)).isOne();
                assertThat(target).as(round(round)).containsExactly(42, UNTOUCHED);
                assertNothingLeft(connection);
                connection.near().close();
                connection.reset();
            } else {
                duel.cancelled();
                assertThat(read.failure()).as(round(round)).isExactlyInstanceOf(failure);
                connection.near().close();
                closeLater(connection.far());
                leftUnread.add(connection);
            }
        }
        assertBothHaveWon();
        assertLeftUnread(leftUnread);
    }

    private void race(int round, Outside connection, Call<?> read, Cancel cancel) throws Exception {
        if (round == BYTE_FIRST) {
            connection.far().getOutputStream().write(42);
            read.awaitEnd();
            cancel.of(read, connection.near());
        } else if (round == CANCEL_FIRST) {
            cancel.of(read, connection.near());
            read.awaitEnd();
            connection.far().getOutputStream().write(42);
        } else {
            race(connection, read, cancel);
        }
    }

    private void race(Outside connection, Call<?> read, Cancel cancel) throws Exception {
        int spins = duel.next();
        Call<Void> writer = call(Thread.ofPlatform()::start, () -> {
            Duel.spin(spins);
            connection.far().getOutputStream().write(42);
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

    /**
     * A socket that is closed with bytes in it, or gets some later, resets its peer; one whose bytes had all been taken
     * says goodbye, and the peer goes on waiting for its own close (CLOSE_WAIT), for ever. All of them at once: where
     * others have left many connections behind, one look at the machine's takes long.
     */
    private void assertLeftUnread(List<Outside> connections) throws IOException {
        if (Files.isReadable(ConnectionTable.IPV4)) {
            Eventually.until(() -> connections.stream().map(Outside::far).noneMatch(ConnectionTable.look()::has),
                    () -> "reset by the byte that was not read, " + connections.stream().map(Outside::far)
                            .filter(ConnectionTable.look()::has).toList() + " of " + connections.size() + "; "
                            + duel + ", seed " + seed);
        }
        for (Outside connection : connections) {
            connection.reset();
        }
    }

    /** What Linux tells of connections: those that were reset are in none of its tables. */
    private record ConnectionTable(Set<String> pairs) {
        static final Path IPV4 = Path.of("/proc/self/net/tcp");
        static final Path IPV6 = Path.of("/proc/self/net/tcp6");

        static ConnectionTable look() {
            Set<String> pairs = new HashSet<>();
            for (Path table : List.of(IPV4, IPV6)) {
                pairs.addAll(pairs(table));
            }
            return new ConnectionTable(pairs);
        }

        /** Each line has its number, the local and the remote address; an address ends in its port. */
        private static List<String> pairs(Path table) {
            try {
                return Files.isReadable(table) ? Files.readAllLines(table).stream().skip(1)
                        .map(line -> line.strip().split("\\s+"))
                        .map(words -> port(words[1]) + "-" + port(words[2])).toList() : List.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static int port(String address) {
            return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
        }

        boolean has(Socket socket) {
            return pairs.contains(socket.getLocalPort() + "-" + socket.getPort());
        }
    }
}
