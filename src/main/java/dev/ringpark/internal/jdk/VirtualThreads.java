package dev.ringpark.internal.jdk;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads on a scheduler of our own, by the package-private members JDK 25 has for that (ThreadBuilders,
 * VirtualThread and Thread in java.lang). An official scheduler interface, once there is one, replaces this class and
 * nothing else.
 */
public final class VirtualThreads {
    private static final @Nullable String REFUSAL;
    private static final MethodHandle NEW_BUILDER;
    private static final MethodHandle CURRENT_CARRIER;
    private static final MethodHandle TAKE_PERMIT;
    private static final MethodHandle SET_STATE;
    private static final MethodHandle YIELD;
    private static final int RUNNING;
    private static final int PARKING;

    static {
        Members members = Members.find();
        REFUSAL = members.refusal;
        NEW_BUILDER = members.newBuilder;
        CURRENT_CARRIER = members.currentCarrier;
        TAKE_PERMIT = members.takePermit;
        SET_STATE = members.setState;
        YIELD = members.yieldNow;
        RUNNING = members.running;
        PARKING = members.parking;
    }

    private VirtualThreads() {}

    /** Why virtual threads cannot be given a scheduler here, with the cure; null if they can. */
    public static @Nullable String refusal() {
        return REFUSAL;
    }

    /** A builder of virtual threads that {@code scheduler} runs. */
    public static Thread.Builder.OfVirtual builder(Executor scheduler) {
        try {
            return (Thread.Builder.OfVirtual) NEW_BUILDER.invokeExact(scheduler);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** The platform thread that runs the caller: itself, or the carrier of a virtual one. */
    public static Thread currentCarrier() {
        try {
            return (Thread) CURRENT_CARRIER.invokeExact();
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /**
     * Parks the current virtual thread as {@link java.util.concurrent.locks.LockSupport#park} does, except that the
     * interrupt status does not end it, and that a pinned thread comes back at once instead of blocking its carrier.
     *
     * <pre>
     * state    | who moves it there, on which thread                  | an unpark from elsewhere
     * ---------+------------------------------------------------------+------------------------------------------
     * RUNNING  | the thread: it has come back, or it is pinned and    | leaves a permit: the next park takes that
     *          |   has been refused                                   |   and comes back at once
     * PARKING  | the thread, without a permit, before it yields       | leaves a permit: the carrier looks for it
     *          |                                                      |   after PARKED, a pinned one parks no more
     * PARKED   | its carrier, once the frames have left it (JDK)      | moves it to UNPARKED, and to its scheduler
     * UNPARKED | one unpark, or the carrier that finds a permit (JDK) | leaves a permit
     * </pre>
     *
     * Whoever comes back so knows nothing yet: a permit may be of an earlier use, and a pinned thread was not away. He
     * looks whether what he waits for has come, and parks again or, pinned, does the loop's work meanwhile.
     *
     * @return false if the thread is pinned, and so did not park
     */
    public static boolean park(Thread current) {
        try {
            if ((boolean) TAKE_PERMIT.invokeExact(current, false)) {
                return true;
            }
            SET_STATE.invokeExact(current, PARKING);
            boolean yielded = false;
            try {
                yielded = (boolean) YIELD.invokeExact(current);
            } finally {
                if (!yielded) {
                    SET_STATE.invokeExact(current, RUNNING);
                }
            }
            return yielded;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** The virtual thread that {@code task}, as a scheduler is given it, goes on with; null if that cannot be seen. */
    public static @Nullable Thread threadOf(Runnable task) {
        try {
            for (Field field : task.getClass().getDeclaredFields()) {   // of the JDK's lambda
                if (Thread.class.isAssignableFrom(field.getType()) && field.trySetAccessible()) {
                    return (Thread) field.get(task);
                }
            }
        } catch (IllegalAccessException e) {
            throw broken(e);
        }
        return null;
    }

    static RuntimeException broken(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("the JDK's virtual threads refused a call they offered", e);
    }

    /** What was found; the handles throw if {@link #refusal} is set. */
    private static final class Members {
        @Nullable String refusal;
        MethodHandle newBuilder = absent(Thread.Builder.OfVirtual.class, Executor.class);
        MethodHandle currentCarrier = absent(Thread.class);
        MethodHandle takePermit = absent(boolean.class, Thread.class, boolean.class);
        MethodHandle setState = absent(void.class, Thread.class, int.class);
        MethodHandle yieldNow = absent(boolean.class, Thread.class);
        int running;
        int parking;

        static Members find() {
            Members members = new Members();
            try {
                members.look();
            } catch (IllegalAccessException e) {
                members.refusal = "java.lang is not open to Ringpark; start the JVM with "
                        + "--add-opens java.base/java.lang=" + opensTo()
                        + " (on the command line, in JDK_JAVA_OPTIONS, or as Add-Opens in the manifest of a java -jar),"
                        + " or with -javaagent:ringpark.jar";
            } catch (ReflectiveOperationException e) {
                members.refusal = "JDK " + Runtime.version() + " has no " + e.getMessage() + "; JDK 25 has";
            }
            return members;
        }

        private void look() throws ReflectiveOperationException {
            Class<?> thread = Class.forName("java.lang.VirtualThread");
            Class<?> builder = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
            MethodHandles.Lookup inside = MethodHandles.privateLookupIn(thread, MethodHandles.lookup());
            newBuilder = inside.findConstructor(builder, MethodType.methodType(void.class, Executor.class))
                    .asType(newBuilder.type());
            currentCarrier = inside.findStatic(Thread.class, "currentCarrierThread", currentCarrier.type());
            takePermit = method(inside, thread, "getAndSetParkPermit", takePermit);
            setState = method(inside, thread, "setState", setState);
            yieldNow = method(inside, thread, "yieldContinuation", yieldNow);
            running = (int) inside.findStaticVarHandle(thread, "RUNNING", int.class).get();
            parking = (int) inside.findStaticVarHandle(thread, "PARKING", int.class).get();
        }

        private static MethodHandle method(MethodHandles.Lookup inside, Class<?> thread, String name, MethodHandle like)
                throws ReflectiveOperationException {
            MethodType type = like.type().dropParameterTypes(0, 1);
            return inside.findVirtual(thread, name, type).asType(like.type());
        }

        private static MethodHandle absent(Class<?> result, Class<?>... parameters) {
            MethodHandle thrower = MethodHandles.throwException(result, IllegalStateException.class)
                    .bindTo(new IllegalStateException("asked without looking at refusal()"));
            return MethodHandles.dropArguments(thrower, 0, parameters);
        }

        private static String opensTo() {
            String module = VirtualThreads.class.getModule().getName();
            return module == null ? "ALL-UNNAMED" : module;
        }
    }
}
