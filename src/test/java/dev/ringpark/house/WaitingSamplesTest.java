package dev.ringpark.house;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.process.OwnPort;
import dev.ringpark.process.RunningProgram;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The samples whose waiting ends early: by a timeout, and by an interrupt. */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
class WaitingSamplesTest {
    @Parameter String backend;

    @BeforeEach
    void require() {
        Samples.require(backend);
    }

    @Test
    void theTimeoutClientLosesNothingByItsTimeouts() throws Exception {
        try (ServerSocket server = silentServer();
                RunningProgram client = timeoutClient(server, 30);
                Socket socket = server.accept()) {
            client.await(Pattern.compile("Nothing yet; 0 bytes so far"));
            socket.getOutputStream().write("slow but ".getBytes(US_ASCII));
            client.await(Pattern.compile("Nothing yet; 9 bytes so far"));
            socket.getOutputStream().write("whole\n".getBytes(US_ASCII));

            assertThat(client.awaitEnd()).contains("slow but whole");
            assertThat(client.exitCode()).isZero();
        }
    }

    @Test
    void theTimeoutClientGivesUpOnASilentServer() throws Exception {
        try (ServerSocket server = silentServer(); RunningProgram client = timeoutClient(server, 1)) {
            assertThat(client.awaitEnd()).contains("Gave up: Read timed out");
            assertThat(client.exitCode()).isZero();
        }
    }

    @Test
    void anInterruptStopsEveryThreadInItsCallAndPeersSeeTheEnd() throws Exception {
        List<Socket> peers = new ArrayList<>();
        try (RunningProgram server = Samples.start(backend, "InterruptToStop", 0, 3)) {
            InetSocketAddress address = Samples.awaitAddress(server);
            for (int i = 0; i < 5; i++) {
                peers.add(answeredPeer(address));
            }

            String said = String.join("\n", server.awaitEnd());

            assertThat(said).contains("6 threads stopped in the middle of a call")
                    .contains("The listener: java.nio.channels.ClosedByInterruptException");
            assertThat(server.exitCode()).isZero();
            for (Socket peer : peers) {
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
            }
        } finally {
            for (Socket peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void aGracefulShutdownWaitsForClientsThatFinish() throws Exception {
        try (OwnPort port = OwnPort.take();
                RunningProgram server = Samples.start(backend, "GracefulShutdown", port.number(), 30)) {
            InetSocketAddress address = Samples.awaitAddress(server);
            try (Socket client = answeredPeer(address)) {
                server.handle().destroy();
                server.await(Pattern.compile("Takes no more clients"));
                assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
                        .isInstanceOf(ConnectException.class);
                client.getOutputStream().write('!');
                assertThat(client.getInputStream().read()).as("still served").isEqualTo('!');
                client.shutdownOutput();

                assertThat(server.awaitEnd()).contains("Clients cut off: 0, left: nothing");
            }
        }
    }

    @Test
    void aGracefulShutdownCutsOffWhoGoesOnForTooLong() throws Exception {
        try (RunningProgram server = Samples.start(backend, "GracefulShutdown", 0, 1);
                Socket client = answeredPeer(Samples.awaitAddress(server))) {
            server.handle().destroy();

            assertThat(server.awaitEnd()).contains("Clients cut off: 1, left: nothing");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void theTimersAreNeverEarlyAndOneDeadlineLimitsAllCalls() throws Exception {
        try (RunningProgram sample = Samples.start(backend, "Timers", 2000)) {
            assertThat(String.join("\n", sample.awaitEnd()))
                    .contains("2,000 slept up to 0.3 s each, 0 of them woke too early")
                    .contains("In time: Fine, thank you")
                    .contains("Too late: Read timed out");
            assertThat(sample.exitCode()).isZero();
        }
    }

    private static ServerSocket silentServer() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private RunningProgram timeoutClient(ServerSocket server, int patienceSeconds) throws IOException {
        return Samples.start(backend, "TimeoutClient", "127.0.0.1", server.getLocalPort(), patienceSeconds);
    }

    /** A connection whose thread has answered, and so waits in its next read. */
    private static Socket answeredPeer(InetSocketAddress address) throws IOException {
        Socket peer = new Socket(address.getAddress(), address.getPort());
        peer.setSoTimeout(30_000);
        peer.getOutputStream().write('?');
        assertThat(peer.getInputStream().read()).isEqualTo('?');
        return peer;
    }
}
