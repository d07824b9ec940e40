package dev.ringpark.contract;

import java.util.SplittableRandom;

/** Where the chance of a test comes from: told before anything can go wrong, and brought back by a property. */
public final class Seed {
    private final long value = Long.getLong("ringpark.test.seed", System.nanoTime());

    /** Tells that {@code test} begins, and how to have the same once more. */
    public Seed tell(Object test) {
        System.out.println(test + ": again with -Dringpark.test.seed=" + value);
        return this;
    }

    /** Chance for one thread of the test. */
    public SplittableRandom random(int thread) {
        return new SplittableRandom(value + thread);
    }

    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
