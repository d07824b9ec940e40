package dev.ringpark.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What /proc tells about a process. */
final class ProcessFigures {
    /** USER_HZ, which Linux fixes for user space on every architecture that runs a JDK. */
    private static final double TICKS_PER_SECOND = 100;

    // Fields of /proc/PID/stat, counted from the one behind the name in brackets (proc_pid_stat(5)).
    private static final int UTIME = 11;
    private static final int STIME = 12;

    private ProcessFigures() {}

    /** User and system time of all threads, ended ones too. */
    static double cpuSeconds(long pid) throws IOException {
        String[] fields = afterName(Files.readString(Path.of("/proc/" + pid + "/stat")));
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
    }

    private static String[] afterName(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }

    /** Each living thread by its id: its name, how often it went to sleep by itself, its CPU time. */
    static Map<String, ThreadFigures> threads(long pid) throws IOException {
        var all = new HashMap<String, ThreadFigures>();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (var task : tasks) {
                addThread(all, task);
            }
        }
        return all;
    }

    private static void addThread(Map<String, ThreadFigures> all, Path task) throws IOException {
        try {
            var name = Files.readString(task.resolve("comm")).strip();
            var cpu = Files.readString(task.resolve("schedstat")).split(" ", -1)[0];
            long sleeps = voluntarySwitches(Files.readAllLines(task.resolve("status")));
            all.put(task.getFileName().toString(), new ThreadFigures(name, sleeps, Long.parseLong(cpu)));
        } catch (NoSuchFileException e) {
            all.remove(task.getFileName().toString()); // the thread ended while we read
        }
    }

    private static long voluntarySwitches(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
