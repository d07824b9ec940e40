package dev.ringpark;

import java.util.List;
import java.util.stream.Stream;

/**
 * How far {@link CarrierLoop#close(java.time.Duration)} or {@link LoopGroup#close(java.time.Duration)} got in its time.
 *
 * @param isComplete whether all has ended: each operation, each socket, and the loop itself (not the loop, if one of
 *     its own threads asks); for a group, all that of each loop
 * @param pending what had not ended, loop by loop, oldest socket first. Empty although the end is not complete if a
 *     thread computes, or blocks, on a loop's thread and lets it come to nothing.
 */
public record LoopEnd(boolean isComplete, List<PendingOperation> pending) {
    /** What there is to tell of both. */
    LoopEnd plus(LoopEnd other) {
        List<PendingOperation> both = Stream.concat(pending.stream(), other.pending.stream()).toList();
        return new LoopEnd(isComplete && other.isComplete, both);
    }
}
