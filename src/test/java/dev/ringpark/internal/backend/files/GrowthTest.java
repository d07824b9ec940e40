package dev.ringpark.internal.backend.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** An allocation by zeros beside others who write. */
class GrowthTest {
    private static final int PIECE = 64 * 1024;

    private final Growth growth = new Growth();

    @Test
    void zerosGoToTheEndThatIsAskedForAndNoFurther() throws IOException {
        Disk disk = new Disk(10, Long.MAX_VALUE, () -> { });

        growth.allocate(disk, 3 * PIECE + 5);
        assertThat(disk.size).isEqualTo(3 * PIECE + 5);
        growth.allocate(disk, 7);
        assertThat(disk.size).isEqualTo(3 * PIECE + 5);
    }

    /** A device has no size; one that is asked anew before each piece would never be reached. */
    @Test
    void whatTakesZerosWithoutGrowingHasAnEnd() throws IOException {
        Device device = new Device();

        growth.allocate(device, 3 * PIECE + 5);

        assertThat(device.written).isEqualTo(3 * PIECE + 5);
    }

    @Test
    void whatADeviceRefusesIsToldAndCutsNothing() {
        Device device = new Device();
        device.room = 2 * PIECE;

        assertThatThrownBy(() -> growth.allocate(device, 3 * PIECE)).hasMessage("No space left on device");

        assertThat(device.written).isEqualTo(2 * PIECE);
    }

    @Test
    void zerosGoOnWhereAnotherHasCutTheFileMeanwhile() throws IOException {
        Disk disk = new Disk(10, Long.MAX_VALUE, () -> { }) {
            private boolean isCut;

            @Override
            public int write(ByteBuffer source, long position) throws IOException {
                assertThat(position).as("or a hole would come before it").isLessThanOrEqualTo(size());
                int written = super.write(source, position);
                if (!isCut) {
                    isCut = true;
                    truncate(5);
                }
                return written;
            }
        };

        growth.allocate(disk, 3 * PIECE);

        assertThat(disk.size).isEqualTo(3 * PIECE);
    }

    @Test
    void whatFailsLeavesNothing() {
        Disk disk = new Disk(10, 2 * PIECE, () -> { });

        assertThatThrownBy(() -> growth.allocate(disk, 9 * PIECE)).hasMessage("No space left on device");

        assertThat(disk.size).isEqualTo(10);
    }

    /** Perhaps among the zeros, so that not even the size tells. */
    @Test
    void whatFailsLeavesWhatAnotherHasWrittenMeanwhile() {
        Disk disk = new Disk(0, 2 * PIECE, () -> growth.between(() -> 1));

        assertThatThrownBy(() -> growth.allocate(disk, 9 * PIECE)).hasMessage("No space left on device");

        assertThat(disk.size).isEqualTo(2 * PIECE);
    }

    @Test
    void whatFailsLeavesTheRoomOfAnother() {
        Disk disk = new Disk(0, 2 * PIECE, () -> { });
        disk.beside = () -> growth.allocate(disk, PIECE + 1);

        assertThatThrownBy(() -> growth.allocate(disk, 9 * PIECE)).hasMessage("No space left on device");

        assertThat(disk.size).isGreaterThan(PIECE);
    }

    /** This one would never end. */
    @Test
    void aWriteWaitsForAPieceAndNotForAll() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        Disk disk = new Disk(0, Long.MAX_VALUE, () -> {
            begun.countDown();
            if (written.getCount() == 0) {
                throw new IOException("enough");
            }
        });
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                begun.await();
                growth.between(() -> 1);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
            written.countDown();
        });

        assertThatThrownBy(() -> growth.allocate(disk, Long.MAX_VALUE)).hasMessage("enough");

        writer.join();
        assertThat(disk.size).as("as another has written").isPositive();
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Has room for so many bytes, which nobody ever reads; something comes before each write but the first. */
    private static class Disk extends StubChannel {
        private final long room;
        private Step beside;
        private long size;

        Disk(long size, long room, Step beside) {
            this.size = size;
            this.room = room;
            this.beside = beside;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public StubChannel truncate(long newSize) {
            size = Math.min(size, newSize);
            return this;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            if (position > 0) {
                beside();
            }
            if (position + source.remaining() > room) {
                throw new IOException("No space left on device");
            }
            size = Math.max(size, position + source.remaining());
            return source.remaining();
        }

        /** Once at a time: it may write itself. */
        private void beside() throws IOException {
            Step step = beside;
            beside = () -> { };
            step.run();
            beside = step;
        }
    }

    /** Takes what it is given, and shows nothing of it. */
    private static final class Device extends StubChannel {
        private long room = Long.MAX_VALUE;
        private long written;

        @Override
        public long size() {
            return 0;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            if (position != written) {
                throw new IOException("written twice: " + position);
            }
            if (position + source.remaining() > room) {
                throw new IOException("No space left on device");
            }
            written += source.remaining();
            return source.remaining();
        }
    }
}
