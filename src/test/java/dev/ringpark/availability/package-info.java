/**
 * Which backend and which mode a process gets, what it is told when the better ones are refused, and that a forced one
 * fails loudly. Each case is a JVM of its own, started under the conditions in question.
 */
@NullMarked
package dev.ringpark.availability;

import org.jspecify.annotations.NullMarked;
