/**
 * The one place that touches the inside of the JDK: which scheduler runs a virtual thread, ours and the JDK's own, and
 * what the agent enables. Needs {@code --add-opens java.base/java.lang}; says why when it cannot be had.
 */
@NullMarked
package dev.ringpark.internal.jdk;

import org.jspecify.annotations.NullMarked;
