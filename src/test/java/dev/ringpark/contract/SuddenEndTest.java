package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Jvm;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that ends in mid-traffic: no crash, and each peer hears of it. */
class SuddenEndTest {
    private static final int ALL = 2 * Traffic.CONNECTIONS;   // it connects to us, and we to it
    private static final int ROUNDS = 20;                     // of each connection, before the end comes
    private static final int KILLED = 128 + 9;

    @TempDir
    private Path folder;

    private final List<Closeable> open = new ArrayList<>();
    private final CountDownLatch traffic = new CountDownLatch(ALL * ROUNDS);
    private ServerSocket listener;
    private Process process;
    private Socket control;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, ALL, Loopback.anyPort().getAddress());
        listener.setSoTimeout((int) TimeUnit.SECONDS.toMillis(LoopRig.FAR.toSeconds()));
        open.add(listener);
    }

    @AfterEach
    void close() throws IOException {
        if (process != null) {
            process.destroyForcibly();
        }
        for (Closeable each : open) {
            each.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void anExitInMidTrafficIsCleanAndEveryPeerSeesTheEnd(Flavor flavor) throws Exception {
        List<Future<String>> peers = startTraffic(flavor);

        control.getOutputStream().write(1);

        assertEnded(peers, Traffic.EXIT_CODE);
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aKillInMidTrafficIsSeenByEveryPeer(Flavor flavor) throws Exception {
        List<Future<String>> peers = startTraffic(flavor);

        process.destroyForcibly();

        assertEnded(peers, KILLED);
    }

    private void assertEnded(List<Future<String>> peers, int exitCode) throws Exception {
        assertThat(process.waitFor(LoopRig.FAR.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(exitCode);
        for (Future<String> peer : peers) {
            assertThat(LoopRig.await(peer)).isIn("end", "reset");
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("no core, no hs_err").isEmpty();
        }
    }

    /** Returns in the middle of it. */
    private List<Future<String>> startTraffic(Flavor flavor) throws Exception {
        flavor.start().close();   // or the test is skipped
        process = Jvm.withFullAccess().and(flavor.flags()).with(Traffic.class, CarrierLoop.class)
                .and(String.valueOf(listener.getLocalPort())).start(folder);
        control = accept();
        InputStream told = control.getInputStream();
        int port = told.read() << 8 | told.read();
        List<Future<String>> peers = new ArrayList<>();
        for (int i = 0; i < Traffic.CONNECTIONS; i++) {
            peers.add(startPeer(accept()));
            Socket connected = new Socket(Loopback.anyPort().getAddress(), port);
            open.add(connected);
            peers.add(startPeer(connected));
        }
        assertThat(traffic.await(LoopRig.FAR.toSeconds(), TimeUnit.SECONDS)).as("traffic").isTrue();
        return peers;
    }

    private Socket accept() throws IOException {
        Socket accepted = listener.accept();
        open.add(accepted);
        return accepted;
    }

    private Future<String> startPeer(Socket socket) throws IOException {
        socket.setSoTimeout((int) LoopRig.FAR.toMillis());
        FutureTask<String> peer = new FutureTask<>(() -> talkToTheEnd(socket));
        Thread.ofPlatform().daemon().start(peer);
        return peer;
    }

    private String talkToTheEnd(Socket socket) throws IOException {
        try {
            for (int i = 0; ; i++) {
                socket.getOutputStream().write(Sequence.at(i));
                int answer = socket.getInputStream().read();
                if (answer < 0) {
                    return "end";
                }
                if ((byte) answer != Sequence.at(i)) {
                    return "a wrong byte";
                }
                traffic.countDown();
            }
        } catch (SocketTimeoutException hangs) {
            return hangs.toString();
        } catch (SocketException reset) {
            return "reset";
        }
    }
}
