/**
 * Linux's io_uring through raw system calls: facts in {@code IoUringAbi}, the shared-memory queues in {@code Ring},
 * policy in {@code UringBackend}. Knows Linux's facts, the operations and the contract, and the rooms of descriptors
 * and files; no other backend, nothing above.
 */
@NullMarked
package dev.ringpark.internal.backend.uring;

import org.jspecify.annotations.NullMarked;
