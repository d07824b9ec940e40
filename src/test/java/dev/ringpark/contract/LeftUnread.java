package dev.ringpark.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Connections whose near end was closed with bytes that nobody had read, or has got some since: the system resets their
 * peers. Had the bytes been taken and dropped, it would have said goodbye, and the peer would go on waiting for its own
 * close (CLOSE_WAIT), for ever. What the bytes had been read into, had they been read, stays as it was.
 */
final class LeftUnread {
    private static final int AT_ONCE = 100;   // where others have left many connections behind, one look takes long

    private final List<Outside> connections = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    /** One more; now and then those that have come together are looked at. */
    void add(Outside connection, Target target, Object race) throws IOException {
        connections.add(connection);
        targets.add(target);
        if (connections.size() == AT_ONCE) {
            assertReset(race);
        }
    }

    /** Looks at the others, and once more at all targets: whatever was still to be written into them has been. */
    void end(Object race) throws IOException {
        assertReset(race);
        targets.forEach(target -> target.assertUntouched(race.toString()));
    }

    private void assertReset(Object race) throws IOException {
        if (Files.isReadable(ConnectionTable.IPV4)) {
            Eventually.until(() -> left().isEmpty(), () -> "reset by the byte that was not read, " + left() + " of "
                    + connections.size() + "; " + race);
        }
        for (Outside connection : connections) {
            connection.reset();
        }
        connections.clear();
    }

    private List<Socket> left() {
        ConnectionTable table = ConnectionTable.look();
        return connections.stream().map(Outside::far).filter(table::has).toList();
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
