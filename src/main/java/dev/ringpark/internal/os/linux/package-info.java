/**
 * Facts of Linux: errno numbers, socket constants, address layouts, and the FFM handles of the system calls the
 * library makes. No policy: nothing here decides, retries or remembers. Sources are named at each fact.
 */
@NullMarked
package dev.ringpark.internal.os.linux;

import org.jspecify.annotations.NullMarked;
