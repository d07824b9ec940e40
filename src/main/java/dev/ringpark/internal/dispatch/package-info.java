/**
 * The proactor: one place for all I/O of a loop. It admits operations, keeps what does not fit, asks for cancels,
 * ends what is overdue, closes handles in the right order, and drives the backend. Belongs to one thread, but for
 * the gate at which others wake it; knows no threads but the one it is told to unpark.
 */
@NullMarked
package dev.ringpark.internal.dispatch;

import org.jspecify.annotations.NullMarked;
