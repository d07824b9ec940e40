package dev.ringpark.bench;

import dev.ringpark.bench.load.LoadService;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The load generator as a process: commands on standard input, answers on standard output. */
public final class Load {
    private Load() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        var answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        LoadService.serve(commands, answers);
    }
}
