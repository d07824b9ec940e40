package dev.ringpark.dispatch;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Streams, files, timeouts and tasks in any mix, asked for and cancelled by chance, also by callbacks, with few places
 * in all queues: what the requests tell is what has happened, no byte more or less, and each tells once.
 */
class DispatcherMixTest extends DispatcherFileContract {
    private static final int STEPS = 600;
    private static final int MOST_PENDING = 150;
    private static final int CONNECTIONS = 2;

    private final Seed seed = new Seed();
    private final byte[] recorded = new byte[200_000];
    private final List<SocketHandle> sockets = new ArrayList<>();
    private final List<MixedStream> streams = new ArrayList<>();
    private SplittableRandom random;
    private MixedRequests requests;
    private MixedFiles files;
    private int stepsOfCallbacks;

    @BeforeEach
    void prepare() throws IOException {
        random = seed.tell(getClass().getSimpleName() + " on " + backend).random(0);
        random.nextBytes(recorded);
        reopen(DispatcherOptions.defaults().withEntries(8, 16).withMaxInFlight(12).withBuffers(4_096, 3)
                .withFileThreads(2).withOffloadThreads(1));
        requests = new MixedRequests(dispatcher, random, this::perhapsStep);
        for (int i = 0; i < CONNECTIONS; i++) {
            Pair pair = pair();
            sockets.addAll(List.of(pair.near(), pair.far()));
            streams.add(new MixedStream(dispatcher, requests, random, pair.near(), pair.far()));
            streams.add(new MixedStream(dispatcher, requests, random, pair.far(), pair.near()));
        }
        Path tape = Files.write(folder.resolve("tape"), recorded);
        files = new MixedFiles(dispatcher, requests, random, opened(Set.of(CREATE, READ, WRITE)),
                opened(folder.resolve("log"), Set.of(CREATE, WRITE)), opened(tape, Set.of(READ)), recorded);
    }

    @Test
    void whatIsToldIsWhatHasHappened() throws IOException {
        mix();
        for (MixedStream stream : streams) {
            stream.drain();
        }
        dispatcher.runUntil(() -> requests.pending() == 0);

        files.assertWritten();
        assertThat(streams).allMatch(stream -> stream.bytes() > 0);
        assertThat(requests.canceled()).isPositive();
    }

    @Test
    void afterAllIsCancelledNobodyHearsOfIt() throws IOException {
        mix();
        dispatcher.cancelAll();
        requests.dropped();
        Pair pair = pair();
        Request<?> received = dispatcher.receive(pair.far(), bytes(0), ignoring());
        await(dispatcher.send(pair.near(), bytes(7), ignoring()), received);

        assertThat(received.count()).isEqualTo(1);
        dispatcher.run();
    }

    @Test
    void aCloseUnderAllEndsEach() throws IOException {
        mix();
        requests.closing();
        List<Runnable> closes = new ArrayList<>();
        sockets.forEach(each -> closes.add(() -> close(each)));
        files.handles().forEach(each -> closes.add(() -> close(each)));
        Collections.shuffle(closes, new java.util.Random(random.nextLong()));
        for (Runnable close : closes) {
            close.run();
            if (random.nextBoolean()) {
                dispatcher.flush();
            }
        }
        dispatcher.run();

        assertThat(requests.pending()).isZero();
    }

    private void close(SocketHandle socket) {
        requests.<@Nullable Void>ask(heard -> dispatcher.close(socket, heard), done -> assertSucceeded(done));
    }

    private void close(FileHandle file) {
        requests.<@Nullable Void>ask(heard -> dispatcher.close(file, heard), done -> assertSucceeded(done));
    }

    private static void assertSucceeded(Request<?> done) {
        assertThat(done.failure()).isNull();
    }

    // ---- the mix ----

    private void mix() throws IOException {
        stepsOfCallbacks = STEPS;
        for (int i = 0; i < STEPS; i++) {
            step();
            if (requests.pending() > MOST_PENDING || random.nextInt(3) == 0) {
                requests.cancelAny();
                dispatcher.flush();
            }
        }
        stepsOfCallbacks = 0;
    }

    private void perhapsStep() {
        if (stepsOfCallbacks > 0 && random.nextInt(3) == 0) {
            stepsOfCallbacks--;
            step();
        }
    }

    private void step() {
        MixedStream stream = streams.get(random.nextInt(streams.size()));
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> stream.send();
            case 4, 5, 6, 7 -> stream.receive();
            case 8 -> files.sendTo(stream);
            case 9, 10 -> files.write();
            case 11, 12 -> files.read();
            case 13 -> files.append();
            case 14 -> files.play();
            case 15 -> timeout();
            case 16 -> tick();
            case 17 -> offload();
            case 18 -> openAndClose();
            default -> requests.cancelAny();
        }
    }

    private void timeout() {
        Duration delay = Duration.ofNanos(random.nextInt(2_000_000));
        long start = System.nanoTime();
        requests.<@Nullable Void>ask(heard -> dispatcher.timeout(delay, heard), done ->
                assertThat(done.failure() != null || System.nanoTime() - start >= delay.toNanos()).isTrue());
    }

    private void tick() {
        requests.<@Nullable Void>ask(dispatcher::nextTick, _ -> { });
    }

    private void offload() {
        int answer = random.nextInt();
        requests.<Integer>ask(heard -> dispatcher.offload(() -> answer, heard), done -> {
            if (done.failure() == null) {
                assertThat(result(done)).isEqualTo(answer);
            }
        });
    }

    private void openAndClose() {
        requests.<FileHandle>ask(heard -> dispatcher.open(folder.resolve("tape"), Set.of(), heard), done -> {
            if (done.failure() == null) {
                close(result(done));
            }
        });
    }

    private static <T> T result(Request<T> done) {
        try {
            return done.result();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
