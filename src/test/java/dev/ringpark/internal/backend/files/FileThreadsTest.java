package dev.ringpark.internal.backend.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The threads beside the loop, where there are none. */
class FileThreadsTest {
    private final AtomicInteger wakes = new AtomicInteger();
    private final FileThreads threads = new FileThreads(1, wakes::incrementAndGet);

    @Test
    void whatNoThreadTakesHasFailedAndTheLoopIsWokenToHearOfIt() {
        threads.close();
        Path path = Path.of("nowhere");
        FileResource file = threads.newFile(path);
        Operation open = file.take();
        open.beginOpen(new OpenRequest(path, Set.of(), null), Operation.NONE);

        threads.submit(open);
        assertThat(wakes).hasValue(1);

        List<Operation> finished = new ArrayList<>();
        threads.deliver(finished::add);
        assertThat(finished).containsExactly(open);
        assertThat(Objects.requireNonNull(open.failure()).cause()).hasMessageContaining("Rejected");
    }
}
