package dev.ringpark.internal.os;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.VarHandle;

/** What every call into a C library needs: its symbol, room for its errno, and a word for what cannot happen. */
public final class NativeCall {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private NativeCall() {}

    /** Where {@code library} has {@code name}, or an UnsatisfiedLinkError. */
    public static MemorySegment symbol(SymbolLookup library, String name) {
        return library.find(name).orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
    }

    /** Room for the errno of one call at a time. */
    public static MemorySegment newState(Arena arena) {
        return arena.allocate(STATE);
    }

    /** The errno that the last call with {@code state} has left there, if it failed. */
    public static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /** What to throw of {@code thrown}: no call into a C library throws, but its memory's arena may be closed. */
    public static RuntimeException broken(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException refused
                ? refused
                : new IllegalStateException("a call into the C library could not be made", thrown);
    }
}
