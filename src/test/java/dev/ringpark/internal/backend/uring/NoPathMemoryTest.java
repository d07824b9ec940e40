package dev.ringpark.internal.backend.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopFile;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A loop that gets no memory for the names of files: what asks for some fails, and all else goes on. */
@Timeout(60)
class NoPathMemoryTest {
    @ParameterizedTest
    @EnumSource
    void anOpenFailsAndTheLoopGoesOn(LoopMode mode, @TempDir Path folder) throws Exception {
        Path path = Files.write(folder.resolve("file"), new byte[] {4, 1, 3});
        try (CarrierLoop loop = start(mode)) {
            Object submissions = Canaries.field(Canaries.backend(loop), "fileSubmissions");
            Object memory = Canaries.field(submissions, "memory");
            Object source = Canaries.field(memory, "source");
            set(memory, (PathMemory.Source) bytes -> {
                throw new IOException("on purpose");
            });
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> LoopFile.open(loop, path)).isInstanceOf(IOException.class)
                        .hasMessageContaining("Cannot allocate memory");
                assertThatThrownBy(() -> loop.run(() -> LoopFile.open(loop, path))).isInstanceOf(IOException.class)
                        .hasMessageContaining("Cannot allocate memory");
            }
            set(memory, source);

            assertThat(loop.<Integer>run(() -> LoopFile.open(loop, path).read(ByteBuffer.allocate(8)))).isEqualTo(3);
        }
    }

    private static CarrierLoop start(LoopMode mode) throws IOException {
        try {
            return CarrierLoop.start(LoopOptions.defaults().withBackend("io_uring").withMode(mode));
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            Assumptions.assumeFalse(reason.startsWith("the forced"), reason);
            throw e;
        }
    }

    private static void set(Object memory, Object source) throws ReflectiveOperationException {
        Field field = memory.getClass().getDeclaredField("source");
        field.setAccessible(true);
        field.set(memory, source);
    }
}
