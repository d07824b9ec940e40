package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** One direction of a connection: what the sends say has gone is what the receives get, in that order. */
final class MixedStream {
    private static final int MOST_BYTES = 30_000;

    private final Dispatcher dispatcher;
    private final MixedRequests requests;
    private final SplittableRandom random;
    private final SocketHandle from;
    private final SocketHandle to;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private int sends;   // under way
    private boolean sendsFile;
    private boolean ended;

    MixedStream(Dispatcher dispatcher, MixedRequests requests, SplittableRandom random, SocketHandle from,
            SocketHandle to) {
        this.dispatcher = dispatcher;
        this.requests = requests;
        this.random = random;
        this.from = from;
        this.to = to;
    }

    void send() {
        if (sendsFile) {
            return;
        }
        MixedMemory source = MixedMemory.any(1 + random.nextInt(MOST_BYTES), random);
        sends++;
        requests.ask(source, (one, heard) -> dispatcher.send(from, one, heard),
                (several, heard) -> dispatcher.send(from, several, heard), done -> sent(source, done));
    }

    private void sent(MixedMemory source, Request<?> done) {
        sends--;
        sent.writeBytes(source.written(done));
    }

    /** Has bytes of {@code file}, which has {@code content}, sent from a place of chance on, unless others are. */
    void sendFile(FileHandle file, byte[] content) {
        if (sends > 0) {
            return;
        }
        sendsFile = true;
        int position = random.nextInt(content.length);
        int length = 1 + random.nextInt(MOST_BYTES);
        sends++;
        requests.<SocketHandle>ask(heard -> dispatcher.transfer(file, position, length, from, heard), done -> {
            sends--;
            sendsFile = false;
            sent.write(content, position, MixedMemory.countOf(done));
        });
    }

    void receive() {
        MixedMemory target = MixedMemory.any(1 + random.nextInt(MOST_BYTES), random);
        requests.ask(target, (one, heard) -> dispatcher.receive(to, one, heard),
                (several, heard) -> dispatcher.receive(to, several, heard), done -> received(target, done));
    }

    private void received(MixedMemory target, Request<?> done) {
        received.writeBytes(target.read(done));
        ended |= MixedMemory.countOf(done) < 0;
    }

    /** Receives all that is under way, and looks whether that was all. */
    void drain() throws IOException {
        receiveUntil(() -> sends == 0);
        Request<SocketHandle> shutdown = dispatcher.shutdown(from, DispatcherContract.ignoring());
        receiveUntil(() -> ended);
        shutdown.check();
        assertThat(Arrays.mismatch(received.toByteArray(), sent.toByteArray())).as("first difference").isEqualTo(-1);
    }

    private void receiveUntil(BooleanSupplier condition) throws IOException {
        while (!condition.getAsBoolean()) {
            int before = requests.ended();
            receive();
            dispatcher.runUntil(() -> requests.ended() > before);
        }
    }

    int bytes() {
        return sent.size();
    }
}
