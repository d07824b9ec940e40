package dev.ringpark.contract;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Callable;

/** Makes a call in what native code calls back, where no thread can leave its carrier: a comparator of qsort. */
final class LoopUpcall {
    private static final FunctionDescriptor COMPARE = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle QSORT = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("qsort"),
            FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));

    private LoopUpcall() {}

    /** The comparator. What it threw would end the JVM. */
    private static final class Comparator<T> {
        private final Callable<T> call;
        private T result;
        private Throwable thrown;
        private int calls;

        Comparator(Callable<T> call) {
            this.call = call;
        }

        @SuppressWarnings("unused")   // through a method handle
        int compare(MemorySegment left, MemorySegment right) {
            if (calls++ == 0) {
                try {
                    result = call.call();
                } catch (Throwable e) {
                    thrown = e;
                }
            }
            return 0;
        }
    }

    /** Returns or throws what {@code call} does. */
    static <T> T make(Callable<T> call) throws Exception {
        Comparator<T> comparator = new Comparator<>(call);
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle compare = MethodHandles.lookup().bind(comparator, "compare",
                    MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class));
            QSORT.invokeExact(arena.allocate(JAVA_INT, 2), 2L, JAVA_INT.byteSize(),
                    Linker.nativeLinker().upcallStub(compare, COMPARE, arena));
        } catch (Throwable e) {
            throw new AssertionError("qsort", e);
        }
        if (comparator.thrown instanceof Exception e) {
            throw e;
        }
        if (comparator.thrown != null || comparator.calls == 0) {
            throw new AssertionError("calls: " + comparator.calls, comparator.thrown);
        }
        return comparator.result;
    }
}
