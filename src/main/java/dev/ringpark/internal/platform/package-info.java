/**
 * Which backends there are, in which order they are tried, and why one was refused. Knows every backend's factory;
 * nothing above it knows any.
 */
@NullMarked
package dev.ringpark.internal.platform;

import org.jspecify.annotations.NullMarked;
