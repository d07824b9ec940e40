package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.UnixCredentials;
import dev.ringpark.UnixListener;
import dev.ringpark.UnixName;
import dev.ringpark.UnixSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What Linux adds to Unix sockets, where the backend can: names without files, and who the peer is. */
@EnabledOnOs(OS.LINUX)
class UnixPeerContractTest extends Contract {
    private static final Path SOCKETS = Path.of("/proc/self/net/unix");

    /** A name that no other process has. */
    private static UnixName name() {
        return UnixName.of("ringpark-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    }

    private boolean hasThem() {
        return flavor.isOn("io_uring") || flavor.isOn("epoll");
    }

    private void requireLinux() {
        assumeTrue(hasThem(), "java.nio, macOS and FreeBSD have neither abstract names nor credentials");
    }

    // ---- abstract names ----

    @Test
    void aNameWithoutAFileIsBoundConnectedToAndTold() throws Exception {
        requireLinux();
        UnixName name = name();
        UnixListener listener = Held.hold(UnixListener.bind(loop, name));
        UnixName own = UnixName.of(ByteBuffer.allocate(11).put(new byte[] {0, -1}).putLong(System.nanoTime()).array());
        UnixSocket client = UnixSocket.open(loop).bind(own);
        call(() -> client.connect(name)).result();
        UnixSocket server = call(() -> listener.accept()).result();

        assertPasses(new Streams(client, server));
        assertThat(listener.getLocalAddress()).isEqualTo(name).hasToString("@" + name.toString().substring(1));
        assertThat(client.getRemoteAddress()).isEqualTo(name);
        assertThat(client.getLocalAddress()).isEqualTo(own);
        assertThat(server.getRemoteAddress()).isEqualTo(own);
        assertThat(server.getLocalAddress()).isEqualTo(name);
        assertThat(client).asString().endsWith(" to " + name + "]");
        assertThat(theSystemSees(name)).isTrue();
    }

    /** What the system, in its own words, has bound. */
    private static boolean theSystemSees(UnixName name) throws IOException {
        return Files.readString(SOCKETS, StandardCharsets.ISO_8859_1).lines()
                .anyMatch(line -> line.endsWith(" " + name));
    }

    @Test
    void aNameIsInUseOnceAndFreeAfterTheClose() throws Exception {
        requireLinux();
        UnixName name = name();
        UnixListener first = UnixListener.bind(loop, name);

        assertThat(failureOf(() -> UnixListener.bind(loop, name))).isExactlyInstanceOf(BindException.class)
                .hasMessage("Address already in use: " + name);
        first.close();
        assertThat(failureOf(() -> UnixSocket.connect(loop, name))).isExactlyInstanceOf(ConnectException.class)
                .hasMessage("Connection refused: " + name);
        assertThat(UnixListener.bind(loop, name).getLocalAddress()).isEqualTo(name);
    }

    @Test
    void theLongestNameIsNotConfusedWithAnother() throws Exception {
        requireLinux();
        String text = (name() + "x".repeat(107)).substring(0, 107);
        UnixListener listener = UnixListener.bind(loop, UnixName.of(text));
        assertThat(listener.getLocalAddress()).isEqualTo(UnixName.of(text));

        assertThat(failureOf(() -> UnixSocket.connect(loop, UnixName.of(text.substring(1)))))
                .isExactlyInstanceOf(ConnectException.class);
        assertThat(failureOf(() -> UnixSocket.connect(loop, UnixName.of(text.substring(0, 106)))))
                .isExactlyInstanceOf(ConnectException.class);
        assertThat(call(() -> UnixSocket.connect(loop, UnixName.of(text))).result().isConnected()).isTrue();
    }

    @Test
    void aBackendThatHasNoSuchNamesSaysSoAndWhichHas() throws Exception {
        assumeTrue(!hasThem(), "this backend has them");
        UnixName name = name();
        UnixSocket socket = UnixSocket.open(loop);
        List<Callable<?>> calls = List.of(() -> UnixListener.bind(loop, name), () -> UnixSocket.connect(loop, name),
                () -> socket.bind(name), () -> socket.connect(name));
        for (Callable<?> call : calls) {
            assertThat(failureOf(call)).isExactlyInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("io_uring").hasMessageContaining(name.toString());
        }
        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void aNameHasOneTo107Bytes() {
        for (int bytes : new int[] {0, 108, 200}) {
            assertThatThrownBy(() -> UnixName.of(new byte[bytes])).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the name has " + bytes + " bytes; it has to have 1 to 107");
        }
        assertThatThrownBy(() -> UnixName.of("")).isInstanceOf(IllegalArgumentException.class);
        byte[] bytes = {1, 2};
        UnixName name = UnixName.of(bytes);
        bytes[0] = 3;
        name.bytes()[1] = 3;
        assertThat(name.bytes()).containsExactly(1, 2);
        assertThat(name).isEqualTo(UnixName.of(new byte[] {1, 2})).isNotEqualTo(UnixName.of(new byte[] {1, 3}))
                .hasSameHashCodeAs(UnixName.of(new byte[] {1, 2}));
    }

    // ---- credentials ----

    @Test
    void eachEndIsToldWhoTheOtherIs() throws Exception {
        requireLinux();
        try (UnixPath path = new UnixPath()) {
            UnixListener listener = UnixListener.bind(loop, path.address());
            UnixSocket client = UnixSocket.connect(loop, path.address());
            UnixSocket server = call(() -> listener.accept()).result();
            UnixCredentials us = new UnixCredentials((int) ProcessHandle.current().pid(),
                    number(path.path(), "unix:uid"), number(path.path(), "unix:gid"));

            assertThat(client.getPeerCredentials()).isEqualTo(us);
            assertThat(server.getPeerCredentials()).isEqualTo(us);
        }
    }

    private static long number(Path file, String attribute) throws IOException {
        return Integer.toUnsignedLong((Integer) Files.getAttribute(file, attribute));
    }

    @Test
    void aBackendThatDoesNotKnowWhoThePeerIsSaysSo() throws Exception {
        assumeTrue(!hasThem(), "this backend knows");
        try (UnixPath path = new UnixPath()) {
            UnixDomainSocketAddress address = path.address();
            UnixListener listener = UnixListener.bind(loop, address);
            UnixSocket client = UnixSocket.connect(loop, address);
            assertThat(failureOf(client::getPeerCredentials)).isExactlyInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("io_uring");
            assertThat(client.isOpen()).isTrue();
            assertThat(listener.isOpen()).isTrue();
        }
    }
}
