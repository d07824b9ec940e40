package dev.ringpark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.OwnPort;
import dev.ringpark.process.Peer;
import dev.ringpark.process.RunningProgram;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the benches measure is an echo. */
class ServeTest {
    private static final long FAR_NANOS = TimeUnit.SECONDS.toNanos(20);

    @ParameterizedTest
    @ValueSource(strings = {"ringpark", "ringpark-callbacks", "jdk-socket"})
    void theServerOfABenchSendsBackWhatItGets(String peer) throws Exception {
        byte[] sent = new byte[100_000];   // more than its buffer
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i ^ i >>> 8);
        }
        try (OwnPort port = OwnPort.take();
                RunningProgram server = Jvm.withFullAccess().with(Serve.class, CarrierLoop.class)
                        .and(peer, Integer.toString(port.number())).start();
                Socket client = connect(port, server)) {
            Thread writer = Thread.ofVirtual().start(() -> Peer.sendAndShut(client, sent));
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
            writer.join();
        }
    }

    /** It tells nobody that it listens, so whoever wants it tries. */
    @SuppressWarnings("ThreadPriorityCheck")   // gives way to the one it waits for
    private static Socket connect(OwnPort port, RunningProgram server) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + FAR_NANOS;
        while (System.nanoTime() - endNanos < 0 && server.handle().isAlive()) {
            try {
                Socket client = new Socket(port.address().getAddress(), port.number());
                client.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(FAR_NANOS));
                return client;
            } catch (ConnectException notYet) {
                Thread.yield();
            }
        }
        server.handle().destroy();
        throw new AssertionError("it does not listen; it said " + server.awaitEnd());
    }
}
