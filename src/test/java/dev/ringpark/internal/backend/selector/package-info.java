/** The selector's room, driven by hand on the test's own thread: each step is taken, none is waited for. */
@NullMarked
package dev.ringpark.internal.backend.selector;

import org.jspecify.annotations.NullMarked;
