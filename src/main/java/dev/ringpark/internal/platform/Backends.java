package dev.ringpark.internal.platform;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.readiness.EpollFactory;
import dev.ringpark.internal.backend.readiness.KqueueFactory;
import dev.ringpark.internal.backend.selector.SelectorBackend;
import dev.ringpark.internal.backend.uring.UringFactory;
import dev.ringpark.internal.op.InFlight;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tries the backends, best first, until one can be had. Only "cannot be had here" makes it try the next; running out of
 * descriptors or memory is the caller's problem and is thrown.
 */
public final class Backends {
    private static final List<Backend.Factory> BEST_FIRST =
            List.of(new UringFactory(), new EpollFactory(), new KqueueFactory(), new SelectorBackend.Factory());

    private final List<Backend.Factory> bestFirst;
    private final @Nullable String forced;
    private final BackendOptions options;
    private final Map<String, String> refused;
    private @Nullable Backend opened;
    private String chosen = "";

    /**
     * A choice yet to be made.
     *
     * @param forced the one backend to try; null for all of them
     * @param refused those that are known to be refused, each with its reason
     */
    public Backends(@Nullable String forced, Map<String, String> refused, BackendOptions options) {
        this(BEST_FIRST, forced, refused, options);
    }

    /** Of others than there are, for tests. */
    Backends(List<Backend.Factory> bestFirst, @Nullable String forced, Map<String, String> refused,
            BackendOptions options) {
        this.bestFirst = bestFirst;
        this.forced = forced;
        this.refused = new LinkedHashMap<>(refused);
        this.options = options;
    }

    /**
     * Opens the best backend that can be had.
     *
     * @throws IOException if none can be; the message names each candidate and its reason, and the cause is the last
     *     refusal, a {@link BackendUnavailableException}
     * @throws IllegalArgumentException if the one that is forced does not exist
     */
    public Backend open(InFlight inFlight, Backend.Completions completions, Counters counters) throws IOException {
        BackendUnavailableException last = null;
        for (Backend.Factory factory : candidates()) {
            try {
                opened = factory.open(options, inFlight, completions, counters);
                chosen = factory.name();
                return opened;
            } catch (BackendUnavailableException e) {
                refused.put(factory.name(), String.valueOf(e.getMessage()));
                last = e;
            }
        }
        throw new IOException(noneMessage(), last);
    }

    /**
     * Closes the backend if it has been opened: what was to stand on it has failed with {@code cause}, and nobody else
     * could. For want of descriptors this may be anything that names a class for the first time, as a class path of
     * folders opens a file for each; so whoever asked for the backend has all he makes of it in one try.
     */
    public void giveBack(Throwable cause) {
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (Throwable e) {
            if (e != cause) {   // out of memory is one object, perhaps
                cause.addSuppressed(e);
            }
        }
    }

    /** The name of the backend that was opened. */
    public String chosen() {
        return chosen;
    }

    /** The backends that were tried before it, each with the reason it cannot be had. */
    public Map<String, String> refused() {
        return Collections.unmodifiableMap(refused);
    }

    /** The names users may force, best first. */
    public static List<String> names() {
        return names(BEST_FIRST);
    }

    private static List<String> names(List<Backend.Factory> factories) {
        return factories.stream().map(Backend.Factory::name).toList();
    }

    /** {@code asked}, or else what the system property or the environment forces; null if nothing does. */
    public static @Nullable String forced(@Nullable String asked) {
        String forced = asked == null
                ? System.getProperty("ringpark.backend", System.getenv("RINGPARK_BACKEND"))
                : asked;
        return forced == null || forced.isBlank() ? null : forced;
    }

    private List<Backend.Factory> candidates() {
        if (forced == null) {
            return bestFirst.stream().filter(each -> !refused.containsKey(each.name())).toList();
        }
        List<Backend.Factory> named = bestFirst.stream().filter(each -> each.name().equals(forced)).toList();
        if (named.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no backend \"" + forced + "\"; it has to be one of " + names(bestFirst));
        }
        return named;
    }

    private String noneMessage() {
        String reasons = refused.entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue())
                .collect(Collectors.joining("; "));
        return forced == null ? "no usable backend: " + reasons : "the forced backend cannot be had: " + reasons;
    }
}
