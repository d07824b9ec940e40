/**
 * The nouns every layer shares: an {@code Operation} and its life, the {@code Handle} it works on, the table of what is
 * in flight, and deadlines. Knows the names of errors below; no system call, no thread of its own.
 */
@NullMarked
package dev.ringpark.internal.op;

import org.jspecify.annotations.NullMarked;
