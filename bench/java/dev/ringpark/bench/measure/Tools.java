package dev.ringpark.bench.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Small programs of the system: is one there, what does it say. */
final class Tools {
    private Tools() {}

    /** Whether the program exists and ends well. */
    static boolean runs(String... command) throws IOException, InterruptedException {
        // Through the shell, for which a missing program is an exit code and not an exception.
        var process = new ProcessBuilder("sh", "-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null");
        process.command().addAll(List.of(command));
        return process.start().waitFor() == 0;
    }

    /** All that the program prints, on either stream. */
    static String output(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + code + ": " + text);
        }
        return text.strip();
    }
}
