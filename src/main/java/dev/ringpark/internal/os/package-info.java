/**
 * Facts shared by every operating system: portable names of errors. Knows nothing of Ringpark; the sibling rooms
 * {@code os.linux} and so on hold each system's numbers, layouts and call handles, without policy.
 */
@NullMarked
package dev.ringpark.internal.os;

import org.jspecify.annotations.NullMarked;
