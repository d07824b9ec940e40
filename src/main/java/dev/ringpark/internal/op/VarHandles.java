package dev.ringpark.internal.op;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Access to a class's own fields with a memory order of its choice. */
public final class VarHandles {
    private VarHandles() {}

    /** The field {@code name} of the class that looks it up. */
    public static VarHandle ofField(MethodHandles.Lookup lookup, String name, Class<?> type) {
        try {
            return lookup.findVarHandle(lookup.lookupClass(), name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
