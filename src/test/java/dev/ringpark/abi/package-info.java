/**
 * Our copies of the kernel's and the C library's numbers and layouts, held against the C headers of this machine by a
 * small program that gcc compiles; skipped where there is no gcc.
 */
@NullMarked
package dev.ringpark.abi;

import org.jspecify.annotations.NullMarked;
