/**
 * What every operating system shares: portable names of errors, and the calls that sockets need of one. Knows nothing
 * of Ringpark; the rooms
 * {@code os.linux} and so on hold each system's numbers, layouts and call handles, without policy.
 */
@NullMarked
package dev.ringpark.internal.os;

import org.jspecify.annotations.NullMarked;
