package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.process.StandIn;
import java.io.IOException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A backend in a mode: what the contract is kept by. */
enum Flavor {
    IO_URING_CARRIED("io_uring", LoopMode.CARRIED),
    IO_URING_HANDED_OVER("io_uring", LoopMode.HANDED_OVER),
    EPOLL_CARRIED("epoll", LoopMode.CARRIED),
    EPOLL_HANDED_OVER("epoll", LoopMode.HANDED_OVER),
    KQUEUE_CARRIED("kqueue", "macos", LoopMode.CARRIED),
    KQUEUE_HANDED_OVER("kqueue", "freebsd", LoopMode.HANDED_OVER),
    SELECTOR_CARRIED("selector", LoopMode.CARRIED),
    SELECTOR_HANDED_OVER("selector", LoopMode.HANDED_OVER);

    /** Loops of the contract's have this name, and their threads names that begin with it. */
    static final String LOOP_NAME = "contract";

    private final String backend;
    private final @Nullable String system;
    private final LoopMode mode;

    Flavor(String backend, LoopMode mode) {
        this(backend, null, mode);
    }

    /** On a stand-in for {@code system}, or for the other one: the mode has nothing to do with it. */
    Flavor(String backend, @Nullable String system, LoopMode mode) {
        this.backend = backend;
        this.system = system;
        this.mode = mode;
    }

    LoopOptions options() {
        if (system != null) {
            StandIn.of(system).use();
        }
        return LoopOptions.defaults().withName(LOOP_NAME).withBackend(backend).withMode(mode);
    }

    boolean isOn(String name) {
        return backend.equals(name);
    }

    boolean isCarried() {
        return mode == LoopMode.CARRIED;
    }

    /** What makes a program of its own start loops of this flavor, where they can be had. */
    String[] flags() {
        return Stream.concat(Stream.of("-Dringpark.backend=" + backend, "-Dringpark.mode=" + mode.label()),
                Stream.of(access())).toArray(String[]::new);
    }

    /** What a program of its own needs to get at this flavor. */
    String[] access() {
        return system == null ? new String[0] : StandIn.of(system).flags().toArray(String[]::new);
    }

    /** A loop of this flavor. Where it cannot be had the test is skipped, with the reason the library gives. */
    CarrierLoop start() throws IOException {
        return start(options());
    }

    /** A loop with these options, made from {@link #options()}. */
    CarrierLoop start(LoopOptions options) throws IOException {
        String asked = System.getProperty("ringpark.backend", backend);
        Assumptions.assumeTrue(asked.equals(backend), () -> "only " + asked + " is asked for");
        try {
            return CarrierLoop.start(options);
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            Assumptions.assumeFalse(reason.startsWith("the forced"), reason);
            throw e;
        }
    }

    @Override
    public String toString() {
        return backend + (system == null ? " " : " of " + system + " ") + mode.label();
    }
}
