package dev.ringpark.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The sockets, queues and pipes this process has open, and the files in the folders that JUnit makes for tests, where
 * the system tells.
 */
public final class OpenDescriptors {
    private static final Path TABLE = Path.of("/proc/self/fd");
    private static final Pattern COUNTED = Pattern.compile("(socket|pipe|anon_inode):.*|/.*/junit-?[0-9]+/.*");

    private final Set<String> before = now();

    /** Those that are open and were not when this was made, each with its number and what it is. */
    Set<String> more() {
        Set<String> more = now();
        more.removeAll(before);
        return more;
    }

    /** Fails if some stay open that were not when this was made. */
    public void assertNoMore() {
        Eventually.until(() -> before.containsAll(now()), "closed all descriptors but those that were open before");
    }

    /** Other files, jars above all, come and go with the classes. */
    private static Set<String> now() {
        return open(what -> COUNTED.matcher(what).matches());
    }

    /** All of those {@code which} holds for, each with its number and what it is. */
    public static Set<String> open(Predicate<String> which) {
        if (!Files.isDirectory(TABLE)) {
            return Set.of();
        }
        Set<String> open = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(TABLE)) {
            descriptors.forEach(each -> add(each, which, open));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return open;
    }

    private static void add(Path descriptor, Predicate<String> which, Set<String> open) {
        try {
            String what = Files.readSymbolicLink(descriptor).toString();
            if (which.test(what)) {
                open.add(descriptor.getFileName() + " " + what);
            }
        } catch (NoSuchFileException closedMeanwhile) {
            // Its number may be another's by now: who closes and opens beside the listing is not what is counted.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
