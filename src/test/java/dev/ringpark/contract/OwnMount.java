package dev.ringpark.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.process.Finished;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system that a program has for itself, and that goes with it.
 *
 * @param script mounts it below {@code folder}, which is its $0
 */
record OwnMount(String script, Path folder) {
    /** Skips the test where it cannot be had, or one of {@code tools} is missing. */
    OwnMount require(String... tools) throws IOException, InterruptedException {
        for (String tool : tools) {
            Tool.require(tool);
        }
        Tool.require("unshare");
        Finished trial = Finished.run(List.of(inside(script)));
        assumeTrue(trial.exitCode() == 0, () -> "no file system of its own is to be had here: " + trial.err());
        return this;
    }

    /** What the program's command is put behind. */
    String[] launcher() {
        return inside(script + " && exec \"$@\"");
    }

    private String[] inside(String commands) {
        return new String[] {"unshare", "--mount", "sh", "-c", commands, folder.toString()};
    }
}
