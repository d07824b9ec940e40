package dev.ringpark.dispatch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.process.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The same with a file, or a pipe, of its own. */
abstract class DispatcherFileContract extends DispatcherContract {
    @TempDir Path folder;
    Path path;

    @BeforeEach
    void choosePath() {
        path = folder.resolve("file");
    }

    final void makePipe() throws Exception {
        Tool.makePipe(path);
    }

    final long descriptorsOfTheFile() {
        return descriptorsOf(path);
    }

    static long descriptorsOf(Path path) {
        Path table = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(table), "this system does not list a process's descriptors");
        try (Stream<Path> descriptors = Files.list(table)) {
            return descriptors.filter(each -> path.equals(target(each))).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException closedMeanwhile) {
            return link;
        }
    }

    final FileHandle opened(Set<OpenOption> options) throws IOException {
        return opened(path, options);
    }

    final FileHandle opened(Path file, Set<OpenOption> options) throws IOException {
        Request<FileHandle> opened = dispatcher.open(file, options, ignoring());
        await(opened);
        return opened.result();
    }
}
