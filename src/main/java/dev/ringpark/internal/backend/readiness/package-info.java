/**
 * The contract over readiness, by system calls of our own: try, wait for readiness, try again. Linux's queue is epoll,
 * that of macOS and FreeBSD kqueue. Begin with {@link dev.ringpark.internal.backend.readiness.ReadinessBackend}.
 */
@NullMarked
package dev.ringpark.internal.backend.readiness;

import org.jspecify.annotations.NullMarked;
