/**
 * I/O with callbacks, on one thread of yours: the layer on which the blocking calls of {@link dev.ringpark} stand.
 * Begin with {@link dev.ringpark.dispatch.Dispatcher}.
 */
@NullMarked
package dev.ringpark.dispatch;

import org.jspecify.annotations.NullMarked;
