/**
 * I/O with callbacks, on one thread of yours: it stands beside the blocking calls of {@link dev.ringpark}, on the same
 * layer. Begin with {@link dev.ringpark.dispatch.Dispatcher}.
 */
@NullMarked
package dev.ringpark.dispatch;

import org.jspecify.annotations.NullMarked;
