package dev.ringpark.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Servers on one core, the load generator on another, where the system offers {@code taskset} and a second core. */
public final class Pinning {
    private static final int SERVER_CORE = 0;
    private static final int LOAD_CORE = 1;

    private final boolean usable;

    public Pinning() throws IOException, InterruptedException {
        usable = Runtime.getRuntime().availableProcessors() > 1 && Tools.runs("taskset", "-c", "0", "true");
    }

    List<String> server(List<String> command) {
        return onCore(SERVER_CORE, command);
    }

    List<String> load(List<String> command) {
        return onCore(LOAD_CORE, command);
    }

    public String words() {
        return usable
                ? "server pinned to core " + SERVER_CORE + ", load generator to core " + LOAD_CORE
                : "nothing pinned: no taskset or a single core";
    }

    private List<String> onCore(int core, List<String> command) {
        if (!usable) {
            return command;
        }
        var pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        pinned.addAll(command);
        return pinned;
    }
}
