package dev.ringpark.process;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of the system that this runs on: Linux, wherever it is asked for. */
public final class KernelVersion {
    private static final Pattern VERSION = Pattern.compile("^(\\d+)[.](\\d+)");

    private KernelVersion() {}

    /** Whether it is {@code major.minor} or a later one. */
    public static boolean isAtLeast(int major, int minor) {
        Matcher version = VERSION.matcher(System.getProperty("os.version"));
        return version.find() && rank(Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2)))
                >= rank(major, minor);
    }

    private static int rank(int major, int minor) {
        return major * 1_000 + minor;
    }
}
