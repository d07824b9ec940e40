package dev.ringpark.internal.backend.readiness;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.fd.NativeAccess;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.os.SocketCalls;
import dev.ringpark.internal.os.bsd.BsdAbi;
import dev.ringpark.internal.os.bsd.BsdSockets;
import dev.ringpark.internal.os.bsd.KeventAbi;
import dev.ringpark.internal.os.bsd.Kqueue;
import dev.ringpark.internal.os.linux.LinuxSockets;
import java.io.IOException;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Opens a queue of kqueue, on macOS and FreeBSD; elsewhere from a library that has it, which two properties name:
 *
 * <pre>
 * ringpark.kqueue.library | the path of the library
 * ringpark.kqueue.system  | whose numbers it speaks: macos, freebsd (and sockets, too, come from it), or linux, for a
 *                         | kqueue alone, of Linux's own sockets, which it is if nothing is said
 * </pre>
 *
 * On Linux it comes after epoll, and so only where it is forced.
 */
public final class KqueueFactory implements Backend.Factory {
    private static final String LIBRARY = "ringpark.kqueue.library";
    private static final String SYSTEM = "ringpark.kqueue.system";

    @Override
    public String name() {
        return "kqueue";
    }

    @Override
    public Backend open(BackendOptions options, InFlight inFlight, Backend.Completions completions, Counters counters)
            throws IOException {
        String library = System.getProperty(LIBRARY);
        String system = library == null ? systemOfThisMachine() : System.getProperty(SYSTEM, "linux");
        if (system == null) {
            throw new BackendUnavailableException("this system has no kqueue; macOS and FreeBSD have");
        }
        String refusal = NativeAccess.refusal(Kqueue::requireAccess);
        if (refusal != null) {
            throw new BackendUnavailableException(refusal);
        }
        try {
            SymbolLookup calls = Kqueue.library(library == null ? null : Path.of(library));
            return open(calls, system, options, completions, counters);
        } catch (IllegalArgumentException | UnsatisfiedLinkError e) {
            throw new BackendUnavailableException(
                    (library == null ? system : LIBRARY + " " + library + ", " + SYSTEM + " " + system)
                    + ": " + e.getMessage());
        }
    }

    private static @Nullable String systemOfThisMachine() {
        return switch (System.getProperty("os.name", "")) {
            case "Mac OS X" -> "macos";
            case "FreeBSD" -> "freebsd";
            default -> null;
        };
    }

    private static Backend open(SymbolLookup library, String system, BackendOptions options,
            Backend.Completions completions, Counters counters) throws IOException {
        Kqueue calls = new Kqueue(library);
        if (system.equals("linux")) {   // such a library only looks at descriptors, and cannot see them closed
            return ReadinessBackend.over(
                    () -> KqueueQueue.open(calls, LinuxSockets.CALLS, KeventAbi.LIBKQUEUE, false),
                    LinuxSockets.CALLS, options, completions, counters);
        }
        BsdAbi abi = Arrays.stream(BsdAbi.values()).filter(each -> each.name().equalsIgnoreCase(system)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("it has to be macos, freebsd or linux"));
        SocketCalls sockets = new BsdSockets(abi, library);
        return ReadinessBackend.over(
                () -> KqueueQueue.open(calls, sockets, KeventAbi.valueOf(abi.name()), true),
                sockets, options, completions, counters);
    }
}
