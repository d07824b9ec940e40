package dev.ringpark.bench.jmh;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Reads and writes of 64 bytes over one loopback connection, both ends on one carrier. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {
    OneCarrier.NATIVE_ACCESS, OneCarrier.OPENED, OneCarrier.PARALLELISM, OneCarrier.POOL_SIZE})
public class SocketBenchmark {
    private static final int BATCH = 2_000;
    private static final int MESSAGE_BYTES = 64;

    @Param({Carrier.LOOP, Carrier.JDK})
    String carrier;

    private final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
    private Carrier threads;
    private Carrier.Pair plain;
    private Carrier.Pair echoed;

    @Setup
    public void start() throws Exception {
        threads = Carrier.named(carrier);
        plain = threads.connectedPair();
        echoed = threads.connectedPair();
        threads.start(() -> echo(echoed.far()));
    }

    @TearDown
    public void stop() throws IOException {
        plain.close();
        echoed.near().close();
        threads.close();
    }

    /** A write and the read of what it sent, by one thread: the cost of the calls where no thread has to wait long. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int writeThenRead() throws Exception {
        return threads.run(() -> exchange(plain.near(), plain.far()));
    }

    /** A message there and back between two threads: two writes, two reads, each read parks. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int roundTrip() throws Exception {
        return threads.run(() -> exchange(echoed.near(), echoed.near()));
    }

    private int exchange(ByteChannel to, ByteChannel from) throws IOException {
        for (int i = 0; i < BATCH; i++) {
            write(to, message.clear());
            readFully(from, message.clear());
        }
        return message.position();
    }

    private static void echo(ByteChannel channel) {
        try (channel) {
            var buffer = ByteBuffer.allocateDirect(MESSAGE_BYTES);
            while (channel.read(buffer.clear()) >= 0) {
                write(channel, buffer.flip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(ByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static void readFully(ByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the other end has gone");
            }
        }
    }
}
