package dev.ringpark.contract;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.Callable;

/** Makes a call inside a class initialiser, where no virtual thread can leave its carrier. */
public final class LoopPinnedCall {
    /** What the initialiser does; its class is loaded anew for each call, by a loader that shares this class. */
    public static final class Slot {
        private static final ThreadLocal<Callable<?>> CALL = new ThreadLocal<>();
        private static final ThreadLocal<Object> RESULT = new ThreadLocal<>();

        private Slot() {}

        /** For the initialiser. */
        public static void run() {
            try {
                RESULT.set(CALL.get().call());
            } catch (Exception e) {
                RESULT.set(e);
            }
        }
    }

    /** The class that makes the call when it is initialised. */
    static final class Initialiser {
        static {
            Slot.run();
        }
    }

    private static final class Loader extends ClassLoader {
        Loader() {
            super(LoopPinnedCall.class.getClassLoader());
        }

        Class<?> defineAnew(String name) throws IOException {
            try (InputStream in = Objects.requireNonNull(getResourceAsStream(name.replace('.', '/') + ".class"))) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            }
        }
    }

    private LoopPinnedCall() {}

    /** Returns or throws what {@code call} does. */
    static <T> T make(Callable<T> call) throws Exception {
        Class<?> fresh = new Loader().defineAnew(Initialiser.class.getName());
        Slot.CALL.set(call);
        Class.forName(fresh.getName(), true, fresh.getClassLoader());
        Object result = Slot.RESULT.get();
        if (result instanceof Exception e) {
            throw e;
        }
        @SuppressWarnings("unchecked")
        T answer = (T) result;
        return answer;
    }
}
