package dev.ringpark.availability;

import dev.ringpark.CarrierLoop;
import dev.ringpark.contract.OpenDescriptors;
import dev.ringpark.process.Jvm;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * A program of its own, to be run from folders of classes: each class takes a descriptor while it is loaded. It opens
 * a loop or a dispatcher over and over, each time with classes of its own: with one descriptor more each time, and then
 * with none at all from some class on, which comes one later each time; both until it opens.
 */
public final class StartProbe {
    private static final int SECONDS = 15;
    private static final int LOOKS = 100;
    private static final long PAUSE_NANOS = 10_000_000;
    private static final String LISTING = "/proc/";
    private static final String OPENED = "opened";
    private static final String HANGS = "hangs";

    private final OpenLimit limit = new OpenLimit();
    private final URL[] folder;
    private final String type;
    private final String method;

    private StartProbe(String type, String method) throws IOException {
        this.folder = new URL[] {Jvm.folder(CarrierLoop.class).toUri().toURL()};
        this.type = type;
        this.method = method;
    }

    /** Takes a class and the method of it that opens what can be closed; tells what has gone wrong, one a line. */
    public static void main(String[] args) throws Exception {
        StartProbe probe = new StartProbe(args[0], args[1]);
        probe.outcome(Integer.MAX_VALUE, 0);   // and the JDK opens what it keeps
        int free = 0;
        while (!probe.opens(0, unusedBelow(free))) {
            free++;
        }
        int classes = 0;
        while (!probe.opens(classes, 0)) {
            classes++;
        }
        System.out.println("opens with " + free + " descriptors, or " + classes + " classes");
    }

    /** The number below which so many are unused. */
    private static int unusedBelow(int free) {
        Set<String> open = descriptors();
        int number = 0;
        for (int left = free; left >= 0; number++) {
            String prefix = number + " ";
            left -= open.stream().anyMatch(each -> each.startsWith(prefix)) ? 0 : 1;
        }
        return number - 1;
    }

    /** Whether it opens with so many classes before the limit sinks; if it does not, nothing may be left. */
    private boolean opens(int classes, int descriptors) throws Exception {
        Set<String> before = descriptors();
        String outcome = outcome(classes, descriptors);
        if (outcome.equals(OPENED)) {
            return true;   // though perhaps it has run out of them since, which is another matter
        }
        Set<String> left = left(before);
        if (!left.isEmpty() || outcome.equals(HANGS)) {
            System.out.println(classes + " classes, limit " + descriptors + ": " + outcome + ", left " + left);
        }
        return false;
    }

    /** What stays open for a second: another thread may be loading a class just now. */
    private static Set<String> left(Set<String> before) {
        Set<String> left = descriptors();
        for (int looks = 0; looks < LOOKS && !before.containsAll(left); looks++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            left = descriptors();
        }
        left.removeAll(before);
        return left;
    }

    private String outcome(int classes, int descriptors) throws Exception {
        try (Loader loader = new Loader(classes, descriptors)) {
            FutureTask<String> opening = new FutureTask<>(() -> openAndClose(loader));
            Thread.ofPlatform().daemon().start(opening);
            try {
                return opening.get(SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                return HANGS;
            } catch (ExecutionException e) {
                return String.valueOf(e.getCause());
            } finally {
                loader.endLimit();
            }
        }
    }

    private String openAndClose(Loader loader) throws Exception {
        AutoCloseable opened;
        try {
            opened = (AutoCloseable) Class.forName(type, true, loader).getMethod(method).invoke(null);
        } finally {
            loader.endLimit();
        }
        opened.close();
        return OPENED;
    }

    /** What is open, each with its number, but for the listing. */
    private static Set<String> descriptors() {
        return new TreeSet<>(OpenDescriptors.open(what -> !what.startsWith(LISTING)));
    }

    /** After so many classes the limit sinks, until that is over. */
    private final class Loader extends URLClassLoader {
        private final int descriptors;
        private int left;
        private boolean isOver;

        Loader(int classes, int descriptors) {
            super(folder, ClassLoader.getPlatformClassLoader());
            this.left = classes;
            this.descriptors = descriptors;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            count();
            return super.findClass(name);
        }

        private synchronized void count() {
            if (left-- == 0 && !isOver) {
                limit.set(descriptors);
            }
        }

        synchronized void endLimit() {
            isOver = true;
            limit.reset();
        }
    }
}
