package dev.ringpark.process;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Every descriptor that this process had left, for programs that are started with a low limit of open files. */
public final class AllDescriptors implements AutoCloseable {
    private final Deque<Closeable> taken = new ArrayDeque<>();

    private AllDescriptors() {}

    /** Takes them: whoever needs one from now on gets none. */
    public static AllDescriptors take() {
        AllDescriptors all = new AllDescriptors();
        while (true) {
            try {
                all.taken.push(new FileInputStream("/dev/null"));
            } catch (IOException allTaken) {
                return all;
            }
        }
    }

    /** Gives one of them back. */
    public void giveOneBack() throws IOException {
        taken.pop().close();
    }

    /** Gives all of them back. */
    @Override
    public void close() throws IOException {
        while (!taken.isEmpty()) {
            giveOneBack();
        }
    }
}
