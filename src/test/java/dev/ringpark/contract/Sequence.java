package dev.ringpark.contract;

/** A stream of bytes in which each tells its place, so that none can be lost, doubled or swapped unseen. */
final class Sequence {
    private Sequence() {}

    static byte at(long index) {
        return (byte) (index ^ index >>> 8 ^ index >>> 16);
    }

    /** The bytes from {@code start} on. */
    static byte[] bytes(long start, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = at(start + i);
        }
        return bytes;
    }

    static byte[] bytes(int count) {
        return bytes(0, count);
    }

    /** Fails if the first {@code count} bytes are not those from {@code start} on. */
    static void check(byte[] bytes, int count, long start) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] != at(start + i)) {
                throw new AssertionError("byte " + (start + i) + " of the stream is " + bytes[i] + ", not "
                        + at(start + i));
            }
        }
    }

    /** For streams of one value each: fails if one of the first {@code count} bytes is not {@code value}. */
    static void checkAll(byte[] bytes, int count, byte value) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] != value) {
                throw new AssertionError("byte " + i + " is " + bytes[i] + ", not " + value);
            }
        }
    }
}
