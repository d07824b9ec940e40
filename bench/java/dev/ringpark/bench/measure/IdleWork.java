package dev.ringpark.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a server does while nobody asks it anything.
 *
 * @param processCpuMillis of all threads, the JVM's own too
 * @param servingCpuMillis of the threads that serve connections
 * @param wakeUps how often those threads woke
 */
public record IdleWork(double processCpuMillis, double servingCpuMillis, long wakeUps) {
    private static final long SETTLE_MILLIS = 3_000;

    /** Watches all servers at once for the given time, after what came before has died down. */
    static Map<String, IdleWork> watch(List<ServerProcess> servers, long seconds)
            throws IOException, InterruptedException {
        Thread.sleep(SETTLE_MILLIS);
        var before = new ArrayList<Map<String, ThreadFigures>>();
        for (var server : servers) {
            before.add(ProcessFigures.threads(server.pid()));
        }
        TimeUnit.SECONDS.sleep(seconds);
        var work = new LinkedHashMap<String, IdleWork>();
        for (int i = 0; i < servers.size(); i++) {
            work.put(servers.get(i).name(), between(before.get(i), ProcessFigures.threads(servers.get(i).pid())));
        }
        return work;
    }

    private static IdleWork between(Map<String, ThreadFigures> before, Map<String, ThreadFigures> after) {
        var done = after.entrySet().stream()
                .map(each -> each.getValue().since(before.get(each.getKey())))
                .toList();
        var serving = done.stream().filter(ThreadFigures::serves).toList();
        return new IdleWork(
                cpuMillis(done),
                cpuMillis(serving),
                serving.stream().mapToLong(ThreadFigures::voluntarySwitches).sum());
    }

    private static double cpuMillis(List<ThreadFigures> threads) {
        return threads.stream().mapToLong(ThreadFigures::cpuNanos).sum() / 1e6;
    }
}
