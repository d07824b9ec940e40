package dev.ringpark.internal.backend.uring;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is used where the kernel has it, and can be done without. Some kernels have it and do it badly: there it is not
 * used. {@link #KNOWN_BAD} lists what has been met; the system property {@code ringpark.io_uring.without}, names with
 * commas between them, adds to that until a release of ours knows it.
 */
enum Feature {
    /** IORING_SETUP_NO_SQARRAY. */
    NO_SQARRAY,
    /** IORING_SETUP_DEFER_TASKRUN, with SINGLE_ISSUER. */
    DEFER_TASKRUN,
    /** IORING_SETUP_COOP_TASKRUN. */
    COOP_TASKRUN,
    /** IORING_REGISTER_RING_FDS. */
    RING_FDS,
    /** IORING_ENTER_NO_IOWAIT. */
    NO_IOWAIT,
    /** IORING_REGISTER_PBUF_RING: buffers for reads of arrays, picked when there is something. */
    PBUF_RING,
    /** The operations of these names, for which threads do otherwise. */
    CLOSE, FTRUNCATE, MKDIRAT, RENAMEAT, UNLINKAT;

    static final String PROPERTY = "ringpark.io_uring.without";

    /** Of {@code feature}, in kernels before {@code major}.{@code minor}. */
    private record Bad(Feature feature, int major, int minor, String why) {
        boolean isIn(int kernelMajor, int kernelMinor) {
            return kernelMajor < major || (kernelMajor == major && kernelMinor < minor);
        }
    }

    private static final List<Bad> KNOWN_BAD =
            List.of(new Bad(CLOSE, 6, 1, "a worker may let go of the file seconds after the completion"));

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})[.](\\d{1,4}).*");

    /** What is not used here. */
    static Set<Feature> without() {
        return without(System.getProperty("os.version", ""), System.getProperty(PROPERTY));
    }

    /**
     * What is not used on {@code kernel}, a version, or one of which nothing good is known if it is none.
     *
     * @throws IllegalArgumentException if {@code named} has a name that is none of these
     */
    static Set<Feature> without(String kernel, @Nullable String named) {
        Matcher version = VERSION.matcher(kernel);
        boolean isKnown = version.matches();
        int major = isKnown ? Integer.parseInt(version.group(1)) : 0;
        int minor = isKnown ? Integer.parseInt(version.group(2)) : 0;
        Set<Feature> without = EnumSet.noneOf(Feature.class);
        KNOWN_BAD.stream().filter(bad -> bad.isIn(major, minor)).map(Bad::feature).forEach(without::add);
        if (named != null && !named.isBlank()) {
            Arrays.stream(named.strip().split("\\s*,\\s*", -1)).map(Feature::named).forEach(without::add);
        }
        return without;
    }

    private static Feature named(String name) {
        return Arrays.stream(values()).filter(each -> each.name().equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(PROPERTY + ": there is no feature \"" + name
                        + "\"; it has to be one of " + Arrays.toString(values())));
    }
}
