package dev.ringpark.availability;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** How many descriptors this process may have: numbers below the limit (setrlimit(2), on 64 bits of Linux). */
final class OpenLimit {
    private static final int RLIMIT_NOFILE = 7;

    private final MethodHandle setLimit = call("setrlimit");
    private final MemorySegment usual = Arena.global().allocate(2L * Long.BYTES, Long.BYTES);
    private final MemorySegment present = Arena.global().allocate(2L * Long.BYTES, Long.BYTES);

    OpenLimit() {
        invoke(call("getrlimit"), usual);
        present.copyFrom(usual);
    }

    private static MethodHandle call(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    private static void invoke(MethodHandle call, MemorySegment limits) {
        int result;
        try {
            result = (int) call.invokeExact(RLIMIT_NOFILE, limits);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        if (result != 0) {
            throw new AssertionError("the limit of open files cannot be had");
        }
    }

    synchronized void set(int descriptors) {
        present.set(ValueLayout.JAVA_LONG, 0, descriptors);   // the soft one stands before the hard one
        invoke(setLimit, present);
    }

    /** Back to the one at the start. */
    synchronized void reset() {
        invoke(setLimit, usual);
    }
}
