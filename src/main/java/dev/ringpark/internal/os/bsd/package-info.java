/**
 * Facts of macOS and FreeBSD: errno and socket numbers, struct kevent, and the FFM handles of the calls the library
 * makes; what is asked in Linux's numbers is said in theirs, and what Linux does by itself is done for them. Nothing
 * here retries or remembers. Sources are named at each fact.
 */
@NullMarked
package dev.ringpark.internal.os.bsd;

import org.jspecify.annotations.NullMarked;
