package dev.ringpark.bench.jmh;

import dev.ringpark.CarrierLoop;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.concurrent.Callable;

/** What carries the virtual threads of a benchmark, and the sockets that go with it. */
interface Carrier extends AutoCloseable {
    String LOOP = "loop";
    String JDK = "jdk";

    /** By the name used as a benchmark's parameter. */
    static Carrier named(String name) throws IOException {
        return switch (name) {
            case LOOP -> new LoopCarrier(CarrierLoop.start());
            case JDK -> new JdkCarrier();
            default -> throw new IllegalArgumentException("no carrier " + name);
        };
    }

    Thread start(Runnable task);

    /** Runs the task on a virtual thread of this carrier and waits for it. */
    <T> T run(Callable<T> task) throws Exception;

    /** Two ends of one TCP connection over the loopback address. */
    Pair connectedPair() throws Exception;

    @Override
    void close() throws IOException;

    /** The ends of a connection. */
    record Pair(ByteChannel near, ByteChannel far) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            near.close();
            far.close();
        }
    }
}
