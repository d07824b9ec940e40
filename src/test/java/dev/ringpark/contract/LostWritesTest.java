package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written lies in memory for a while; whoever asks whether it is stored hears that it is not. */
class LostWritesTest {
    /** A disk of 64 MiB that lies in a file, with a file system of 1 MiB around that. */
    private static final String MOUNT = "mount -t tmpfs -o size=1m none \"$0\" && truncate -s 64m \"$0/image\" && "
            + "mkfs.ext4 -q -F -O ^has_journal -E lazy_itable_init=1,nodiscard -m 0 \"$0/image\" && "
            + "mkdir \"$0/disk\" && mount -o loop \"$0/image\" \"$0/disk\"";

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = ".*_CARRIED")
    void aForceOfWhatTheDiskCannotKeepSaysSo(Flavor flavor) throws Exception {
        OwnMount disk = new OwnMount(MOUNT, folder).require("mount", "mkfs.ext4");
        flavor.start().close();
        String backend = Objects.requireNonNull(flavor.options().backend());
        Finished run = Jvm.withFullAccess().and(flavor.access()).with(LostWrites.class, CarrierLoop.class)
                .and(backend, folder.resolve("disk").toString()).behind(disk.launcher()).run();

        assertThat(run.out().lines()).as("what the program said: %s", run).containsExactly(
                "write: 4194304",
                "force: " + lost("blocking"),
                "open: true",
                "callback write: 4194304",
                "callback sync: " + lost("callbacks"),
                "callback open: true");
    }

    private String lost(String file) {
        return "FileSystemException " + folder.resolve("disk").resolve(file) + ": No space left on device";
    }
}
