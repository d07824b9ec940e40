package dev.ringpark.bench.jmh;

import dev.ringpark.dispatch.DescriptorHandle;
import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.dispatch.DispatcherOptions;
import dev.ringpark.dispatch.Request;
import dev.ringpark.internal.os.linux.Libc;
import java.io.IOException;
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

/**
 * The way of an operation to the platform's queue and back, without the work of a socket: requests that are used again
 * ask for counters that can always be written to, so that each of a batch ends in the turn that submits it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = OneCarrier.NATIVE_ACCESS)
public class SubmissionBenchmark {
    private static final int BATCH = 64;

    @Param({"io_uring", "epoll"})
    String backend;

    private final Asked[] asked = new Asked[BATCH];
    private Dispatcher dispatcher;
    private int ended;

    /** A counter of the kernel's, and the request that waits for it. */
    private record Asked(int counter, DescriptorHandle handle, Request<DescriptorHandle> request) {}

    @Setup
    public void start() throws IOException {
        dispatcher = Dispatcher.open(DispatcherOptions.defaults().withBackend(backend));
        for (int i = 0; i < BATCH; i++) {
            int counter = Libc.eventfd(0, 0);
            asked[i] = new Asked(counter, dispatcher.watch(counter), new Request<>(_ -> ended++));
        }
    }

    @TearDown
    public void stop() throws IOException {
        dispatcher.close();
        for (Asked each : asked) {
            Libc.close(each.counter);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int submitAndComplete() throws IOException {
        for (Asked each : asked) {
            dispatcher.awaitWritable(each.handle, each.request);
        }
        dispatcher.run();
        return ended;
    }
}
