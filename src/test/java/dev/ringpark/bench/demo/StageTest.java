package dev.ringpark.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.bench.Demo;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The demonstration notices what it is there to notice. */
class StageTest {
    private static final Stage SMALL = new Stage(4, 25);

    @Test
    void aStageWithoutAFaultIsClean() throws Exception {
        try (Stack stack = new JdkStack()) {
            assertClean(SMALL.run(stack, line -> { }));
        }
        try (Stack stack = new RingparkStack()) {
            assertClean(SMALL.run(stack, line -> { }));
        }
    }

    private static void assertClean(Stage.Outcome outcome) {
        assertThat(outcome.isClean()).as("%s", outcome.tally().firstFailure()).isTrue();
        assertThat(outcome.messages()).isEqualTo(100);
    }

    @Test
    void eachWrongByteIsCounted() throws Exception {
        Stage.Outcome outcome = run((count, target, offset, number) -> {
            if (number == 30) {
                target[offset] ^= 1;
                target[offset + count - 1] ^= 1;
            }
            return count;
        });

        assertThat(outcome.tally().wrongBytes()).isEqualTo(2);
        assertThat(outcome.tally().failures()).isZero();
        assertThat(outcome.messages()).isEqualTo(100);
        assertThat(outcome.isClean()).isFalse();
    }

    @Test
    void aConnectionThatEndsTooEarlyIsAFailure() throws Exception {
        Stage.Outcome outcome = run((count, target, offset, number) -> number == 30 ? -1 : count);

        assertThat(outcome.tally().failures()).isEqualTo(1);
        assertThat(outcome.tally().firstFailure()).contains("the server closed the connection");
        assertThat(outcome.messages()).isBetween(75L, 99L);
        assertThat(outcome.isClean()).isFalse();
    }

    /** The program's own exit code, of the smaller run in which calls are counted. */
    @Test
    void theProgramEndsWithZeroIfAllIsRight() throws Exception {
        Finished run = Jvm.withFullAccess().with(Demo.class, Stack.class, CarrierLoop.class)
                .and(CallCount.SAMPLE, "5").run();

        assertThat(run.exitCode()).as("%s", run).isZero();
    }

    private static Stage.Outcome run(Fault fault) throws Exception {
        try (Stack stack = new FaultyStack(new JdkStack(), fault)) {
            return SMALL.run(stack, line -> { });
        }
    }

    /** What the clients get in place of what a read brought, the {@code number}th of them all. */
    private interface Fault {
        int of(int count, byte[] target, int offset, int number);
    }

    /** Puts the fault into what the clients read. */
    private record FaultyStack(Stack sound, Fault fault, AtomicInteger reads) implements Stack {
        FaultyStack(Stack sound, Fault fault) {
            this(sound, fault, new AtomicInteger());
        }

        @Override
        public String name() {
            return sound.name();
        }

        @Override
        public String details() {
            return sound.details();
        }

        @Override
        public SocketAddress serve(Handler handler, Tally tally) throws IOException {
            return sound.serve(handler, tally);
        }

        @Override
        public Thread startClient(Runnable task) {
            return sound.startClient(task);
        }

        @Override
        public Connection connect(SocketAddress server) throws IOException {
            return new FaultyConnection(sound.connect(server), this);
        }

        @Override
        public OptionalLong systemCalls() {
            return sound.systemCalls();
        }

        @Override
        public void close() throws IOException {
            sound.close();
        }
    }

    private record FaultyConnection(Connection sound, FaultyStack stack) implements Connection {
        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = sound.read(target, offset, length);
            return stack.fault().of(count, target, offset, stack.reads().incrementAndGet());
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            sound.write(source, offset, length);
        }

        @Override
        public void close() throws IOException {
            sound.close();
        }
    }
}
