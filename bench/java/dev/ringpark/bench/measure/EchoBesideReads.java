package dev.ringpark.bench.measure;

/**
 * The median of an echo's time on a loop, alone and while slow reads of files are under way there.
 *
 * @param backend of the loop
 * @param ratio of the second to the first, round by round
 */
public record EchoBesideReads(
        String backend, int reads, Spread aloneMicros, Spread besideMicros, Spread ratio) {}
