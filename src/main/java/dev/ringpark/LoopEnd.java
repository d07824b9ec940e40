package dev.ringpark;

import java.util.List;

/**
 * How far {@link CarrierLoop#close(java.time.Duration)} got in its time.
 *
 * @param isComplete whether all has ended: each operation, each socket, and the loop itself (not the loop, if one of
 *     its own threads asks)
 * @param pending what had not ended, oldest socket first. Empty although the end is not complete if a thread computes,
 *     or blocks, on the loop's thread and lets it come to nothing.
 */
public record LoopEnd(boolean isComplete, List<PendingOperation> pending) {}
