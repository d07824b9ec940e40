package dev.ringpark.internal.os.bsd;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringpark.internal.os.NativeCall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** kqueue(2) and kevent(2), of whatever library has them; minus the errno if one fails. */
public final class Kqueue {
    private final MethodHandle kqueue;
    private final MethodHandle kevent;
    private final MethodHandle trigger;

    /**
     * The system's own library, or the one of that path.
     *
     * @throws IllegalCallerException if the JVM forbids native access
     * @throws IllegalArgumentException if there is no such library
     */
    public static SymbolLookup library(@Nullable Path path) {
        return path == null ? Linker.nativeLinker().defaultLookup() : SymbolLookup.libraryLookup(path, Arena.global());
    }

    /** Throws an IllegalCallerException if the JVM forbids native access. */
    public static void requireAccess() {
        Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid());
    }

    /** Throws an UnsatisfiedLinkError if {@code library} does not have the calls. */
    public Kqueue(SymbolLookup library) {
        kqueue = BsdLibc.handle(library, "kqueue", JAVA_INT);
        kevent = BsdLibc.handle(library, "kevent", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT,
                JAVA_LONG);
        // For wake-ups: as it is on every foreign submit's path, it captures no errno.
        trigger = Linker.nativeLinker().downcallHandle(NativeCall.symbol(library, "kevent"), FunctionDescriptor.of(
                JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG));
    }

    /** Room for the errno of one call at a time. */
    public MemorySegment newState(Arena arena) {
        return NativeCall.newState(arena);
    }

    /** kqueue(2). */
    public int kqueue(MemorySegment state) {
        try {
            return BsdLibc.result(state, (int) kqueue.invokeExact(state));
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    /** kevent(2); {@code time} 0 waits for ever. */
    public int kevent(MemorySegment state, int queue, long changes, int count, long events, int room, long time) {
        try {
            return BsdLibc.result(state, (int) kevent.invokeExact(state, queue, changes, count, events, room, time));
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    /** One change, and no wait; whether that went well. Any thread. */
    public boolean change(int queue, long change) {
        try {
            return (int) trigger.invokeExact(queue, change, 1, 0L, 0, 0L) >= 0;
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }
}
