package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.MAP_PRIVATE_ANONYMOUS;
import static dev.ringpark.internal.backend.uring.IoUringAbi.PROT_READ_WRITE;

import dev.ringpark.internal.os.SocketErrors;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Memory the kernel may write, mapped and unmapped by hand: no arena can be closed under it, and pages nobody has
 * touched cost nothing.
 */
record NativeRegion(long address, long bytes, MemorySegment memory) {

    /** Zeroed memory of this process alone. */
    static NativeRegion anonymous(long bytes) throws IOException {
        return map(bytes, MAP_PRIVATE_ANONYMOUS, -1, 0);
    }

    /** Memory shared with the kernel's side of {@code fd}. */
    static NativeRegion shared(long bytes, int fd, long offset) throws IOException {
        return map(bytes, IoUringAbi.MAP_SHARED_POPULATE, fd, offset);
    }

    private static NativeRegion map(long bytes, int flags, int fd, long offset) throws IOException {
        long address = Libc.mmap(bytes, PROT_READ_WRITE, flags, fd, offset);
        if (address < 0) {
            throw new IOException("mmap of " + bytes + " bytes for the ring failed",
                    SocketErrors.of(LinuxErrno.failure((int) -address)));
        }
        return new NativeRegion(address, bytes, MemorySegment.ofAddress(address).reinterpret(bytes));
    }

    void unmap() {
        Libc.munmap(address, bytes);
    }
}
