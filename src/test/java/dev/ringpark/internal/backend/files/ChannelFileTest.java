package dev.ringpark.internal.backend.files;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The end of a file whose last writes come to nothing: a channel tells it once. */
class ChannelFileTest {
    @Test
    void whatTheCloseThatCutACallShortWasToldIsToldToWhoClosesTheFile() {
        IOException full = new IOException("Disk quota exceeded");
        ChannelFile file = new ChannelFile(Path.of("file"));
        file.opened(new Broken(full), true);

        assertThatThrownBy(file::release).isSameAs(full);
        assertThatThrownBy(file::release).isSameAs(full);
    }

    /** Whose close fails, and nothing else is asked of it. */
    private static final class Broken extends StubChannel {
        private final IOException failure;

        Broken(IOException failure) {
            this.failure = failure;
        }

        @Override
        protected void implCloseChannel() throws IOException {
            throw failure;
        }
    }
}
