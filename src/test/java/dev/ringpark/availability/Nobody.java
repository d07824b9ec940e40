package dev.ringpark.availability;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Somebody without privileges, for what the kernel refuses to all but root. */
final class Nobody {
    private static final String[] LAUNCHER = {"setpriv", "--reuid=65534", "--clear-groups"};

    private Nobody() {}

    /** A launcher that runs {@code command} as nobody; the test is skipped where that cannot be. */
    static String[] running(String... command) throws IOException, InterruptedException {
        if (!System.getProperty("user.name").equals("root")) {
            return command;
        }
        Tool.require("setpriv");
        for (Path needed : List.of(Path.of(System.getProperty("java.home")), Jvm.folder(Probe.class))) {
            Finished test = Finished.run(joined(LAUNCHER, "test", "-r", needed.toString()));
            assumeTrue(test.exitCode() == 0, () -> needed + " cannot be read by somebody without privileges");
        }
        return joined(LAUNCHER, command).toArray(String[]::new);
    }

    private static List<String> joined(String[] first, String... second) {
        return Stream.of(first, second).flatMap(Arrays::stream).toList();
    }
}
