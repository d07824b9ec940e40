package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What calls say that meet the end of a device: how much it took, and why it took no more. */
class SmallDeviceTest {
    private static final String MOUNT = "mount -t tmpfs -o size=64k none \"$0\"";
    private static final String FULL = "FileSystemException No space left on device";

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void whatADeviceTookIsCountedAndTheNextCallIsToldThatItIsFull(Flavor flavor) throws Exception {
        OwnMount device = new OwnMount(MOUNT, folder).require("mount");
        flavor.start().close();
        LoopOptions options = flavor.options();
        Finished run = Jvm.withFullAccess().and(flavor.access()).with(SmallDevice.class, CarrierLoop.class)
                .and(Objects.requireNonNull(options.backend()), Objects.requireNonNull(options.mode()).name(),
                        folder.toString())
                .behind(device.launcher()).run();

        assertThat(run.out().lines()).as("what the program said: %s", run).containsExactly(
                "array: 65536",
                "array again: " + FULL,
                "direct: 65536",
                "direct again: " + FULL,
                "force: done",
                "gathered: 65536",
                "rest: " + FULL,
                "transferred: 65536",
                "transferred again: " + FULL,
                "room: " + FULL,
                "size: 0",
                "callback direct: 65536",
                "callback rest: " + FULL,
                "callback sync: 0",
                "callback gathered: 32768",
                "callback room: " + FULL);
    }
}
