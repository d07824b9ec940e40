package dev.ringpark.internal.backend.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Out of descriptors, in a JVM of its own. */
class DescriptorsTest {
    @Test
    void anAcceptWithoutDescriptorsFailsDoesNotSpinAndRecovers() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a shell that limits descriptors");
        Process child = new ProcessBuilder(
                "/bin/sh", "-c", "ulimit -n 200 && exec \"$@\"", "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea", "-cp", System.getProperty("java.class.path"), Main.class.getName())
                .redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(output).isEqualTo("EMFILE, then no spin, then accepted");
        assertThat(child.waitFor()).isZero();
    }

    /** What the child runs. */
    static final class Main {
        private Main() {}

        public static void main(String[] args) throws Exception {
            try (BackendRig rig = new BackendRig()) {
                Handle listener = rig.listener();
                rig.peerTo(listener);
                // Everything is loaded by now that needs a descriptor.
                rig.keep((Handle) rig.await(rig.accept(listener)).accepted());
                rig.peerTo(listener);
                List<InputStream> taken = takeAll();
                Operation refused = rig.await(rig.accept(listener));
                print(String.valueOf(errno(refused)));
                print(rig.earlyPolls() <= 1 ? ", then no spin" : ", then a spin");
                taken.removeLast().close();
                rig.keep((Handle) rig.await(rig.accept(listener)).accepted());
                print(", then accepted");
            }
        }

        private static void print(String text) {
            System.out.print(text);
        }

        private static Errno errno(Operation operation) {
            return operation.failure() == null ? null : operation.failure().errno();
        }

        private static List<InputStream> takeAll() {
            List<InputStream> taken = new ArrayList<>();
            try {
                while (true) {
                    taken.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException full) {
                return taken;
            }
        }
    }
}
