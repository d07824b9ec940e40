package dev.ringpark.bench.files;

import dev.ringpark.bench.measure.FileReadings;
import dev.ringpark.bench.measure.ReadSlice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program fio, which asks io_uring from one thread, with as many reads at once: what C reaches. */
record FioReader(Blocks blocks, int depth, boolean direct) implements Reader {
    /** Whether it is installed. */
    static boolean isThere() throws InterruptedException {
        try {
            return new ProcessBuilder("fio", "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String name() {
        return FileReadings.FIO;
    }

    @Override
    public ReadSlice read(double seconds) throws IOException, InterruptedException {
        int whole = Math.max(1, (int) Math.round(seconds));   // it counts in seconds
        var process = new ProcessBuilder(List.of("fio", "--name=random", "--filename=" + blocks.path(), "--readonly",
                "--ioengine=io_uring", "--rw=randread", "--bs=" + Blocks.BYTES, "--iodepth=" + depth,
                "--direct=" + (direct ? 1 : 0), "--size=" + blocks.count() * Blocks.BYTES, "--time_based",
                "--runtime=" + whole, "--norandommap", "--randrepeat=0", "--invalidate=0", "--thread",
                "--output-format=json")).redirectErrorStream(true).start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("fio: " + told);
        }
        double took = number(told, "job_runtime") / 1000;
        double share = (number(told, "usr_cpu") + number(told, "sys_cpu")) / 100;
        return new ReadSlice((long) number(told, "total_ios"), took, took * share);
    }

    /** The first of the name, which of total_ios is that of the reads. */
    private static double number(String told, String name) throws IOException {
        Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*([0-9.]+)").matcher(told);
        if (!found.find()) {
            throw new IOException("fio tells no " + name + ": " + told);
        }
        return Double.parseDouble(found.group(1));
    }

    @Override
    public void close() {
        // It has ended.
    }
}
