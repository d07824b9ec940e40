package dev.ringpark.process;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What something allocates once the compiler has done its work. For programs of their own: in a JVM that has done much
 * else, the compiler may no longer see through what is short-lived.
 */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUND = 10_000;
    private static final long MOST_NANOS = 30_000_000_000L;

    private Allocation() {}

    /** Something done a number of times. */
    @FunctionalInterface
    public interface Repeated {
        void run(int times) throws Exception;
    }

    /**
     * Tells how many bytes all threads allocate each time: the worse of two rounds in a row, the best such two. What
     * else the JVM does may allocate in some, what {@code what} does now and then is in one of two, and the compiler
     * may need several attempts.
     */
    public static void tell(String fact, Repeated what) throws Exception {
        double least = Double.MAX_VALUE;
        double last = Double.MAX_VALUE;
        long start = System.nanoTime();
        while (least >= 1 && System.nanoTime() - start < MOST_NANOS) {
            long before = THREADS.getTotalThreadAllocatedBytes();
            what.run(ROUND);
            double bytes = (double) (THREADS.getTotalThreadAllocatedBytes() - before) / ROUND;
            least = Math.min(least, Math.max(last, bytes));
            last = bytes;
        }
        tell(fact, least);
    }

    /** Tells that so many bytes are allocated each time. */
    public static void tell(String fact, double bytes) {
        System.out.println(fact + ": " + (bytes < 1 ? "nothing" : bytes + " bytes each"));
    }
}
