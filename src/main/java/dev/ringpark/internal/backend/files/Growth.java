package dev.ringpark.internal.backend.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * How a file grows: by what is written, of which any number goes on at once, and by the zeros of an allocation, which
 * have the end for themselves, or they would cover what another writes there. A write waits for one piece of them.
 */
final class Growth {
    /** What is done between the zeros. */
    @FunctionalInterface
    interface Write {
        /** How many bytes it has written. */
        int run() throws IOException;
    }

    private static final int ZEROS_BYTES = 64 * 1024;

    private final ReadWriteLock end = new ReentrantReadWriteLock(true);   // fair, or zeros would go first
    private final AtomicLong changes = new AtomicLong();   // that are over: writes, and pieces of zeros

    int between(Write write) throws IOException {
        Lock shared = end.readLock();
        shared.lock();
        try {
            return write.run();
        } finally {
            changes.incrementAndGet();
            shared.unlock();
        }
    }

    /** Java.nio cannot reserve room: zeros from the present end on do, and holes before it stay holes. */
    void allocate(FileChannel channel, long bytes) throws IOException {
        new Allocation(channel, bytes).run();
    }

    private final class Allocation {
        private final FileChannel channel;
        private final long bytes;
        private final ByteBuffer zeros = ByteBuffer.allocate(ZEROS_BYTES);
        private long changesKnown = changes.get();   // before the size: what is over later is none of ours
        private final long bytesBefore;
        private long reached;       // by the zeros
        private boolean isDevice;   // which takes what does not show in its size

        Allocation(FileChannel channel, long bytes) throws IOException {
            this.channel = channel;
            this.bytes = bytes;
            this.bytesBefore = channel.size();
        }

        void run() throws IOException {
            Lock whole = end.writeLock();
            boolean goesOn = true;
            while (goesOn) {
                whole.lock();
                try {
                    goesOn = grow();
                } finally {
                    whole.unlock();
                }
            }
        }

        /** Whether there was something to do. */
        private boolean grow() throws IOException {
            try {
                long size = channel.size();
                long at = isDevice ? reached : size;
                if (at < bytes) {
                    write(at, size);
                }
                return at < bytes;
            } catch (IOException e) {
                takeBack();
                throw e;
            }
        }

        private void write(long at, long size) throws IOException {
            boolean isFirst = reached == 0;
            reached = at + channel.write(zeros.clear().limit((int) Math.min(bytes - at, ZEROS_BYTES)), at);
            changes.incrementAndGet();
            changesKnown++;
            isDevice |= isFirst && channel.size() == size;   // later on it may be that another has cut the file
        }

        /** All or nothing; but nothing of what others have done meanwhile, be it among the zeros. */
        private void takeBack() throws IOException {
            if (!isDevice && changes.get() == changesKnown) {
                channel.truncate(bytesBefore);
            }
        }
    }
}
