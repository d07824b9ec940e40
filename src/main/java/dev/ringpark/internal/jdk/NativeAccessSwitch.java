package dev.ringpark.internal.jdk;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;

/**
 * Does what {@code --enable-native-access} does, by the package-private members of java.lang.Module that JDK 25 has for
 * that. Needs java.lang opened.
 */
public final class NativeAccessSwitch {
    private NativeAccessSwitch() {}

    /** Enables it for {@code module}; where the JDK does not let us, nothing happens, and it warns in its own words. */
    public static void enable(Module module) {
        try {
            enabler(module).invokeExact();
        } catch (ReflectiveOperationException itHasMoved) {
            // Only the warning stays: JDK 25 enables it at the first call.
        } catch (Throwable e) {
            throw VirtualThreads.broken(e);
        }
    }

    private static MethodHandle enabler(Module module) throws ReflectiveOperationException {
        Lookup inside = MethodHandles.privateLookupIn(Module.class, MethodHandles.lookup());
        MethodHandle enabler = module.isNamed()
                ? inside.findVirtual(Module.class, "implAddEnableNativeAccess", MethodType.methodType(Module.class))
                        .bindTo(module)
                : inside.findStatic(Module.class, "implAddEnableNativeAccessToAllUnnamed",
                        MethodType.methodType(void.class));
        return enabler.asType(MethodType.methodType(void.class));
    }
}
