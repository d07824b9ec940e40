/**
 * Sockets as plain descriptors: making them, their options and addresses, closing them. Shared by every backend that
 * uses system calls; and files of Linux, for io_uring alone. Knows Linux's facts and {@code Handle}, and no queue.
 */
@NullMarked
package dev.ringpark.internal.backend.fd;

import org.jspecify.annotations.NullMarked;
