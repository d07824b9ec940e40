package dev.ringpark.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Those of the JDK's classes that a small program needs, laid out in a file that the hundreds of JVMs of a build map,
 * where each would parse and link them anew: class data sharing, java(1). A JVM that cannot use it does without.
 */
final class JdkArchive {
    private static final Path FOLDER = Path.of("target", "jdk-archive").toAbsolutePath();
    private static final Path FILE = FOLDER.resolve(Runtime.version() + ".jsa");

    private JdkArchive() {}

    /**
     * What has a JVM use it, and say nothing where it cannot; whoever asks first makes it, in whichever JVM.
     *
     * @param jvm the words that start a JVM, with the flags that all users of the archive have
     * @param errand the words that follow them to run the small program
     */
    static List<String> flags(List<String> jvm, String... errand) throws IOException {
        if (Files.notExists(FILE)) {
            makeOnce(jvm, errand);
        }
        return List.of("-XX:SharedArchiveFile=" + FILE, "-Xlog:cds=off", "-Xlog:aot=off");
    }

    // A lock of one JVM's, too: it may not ask twice for a lock on a file.
    private static synchronized void makeOnce(List<String> jvm, String... errand) throws IOException {
        Files.createDirectories(FOLDER);
        try (FileChannel gate = FileChannel.open(
                        FOLDER.resolve("gate"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = gate.lock()) {
            if (Files.notExists(FILE)) {
                make(jvm, errand);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void make(List<String> jvm, String... errand) throws IOException, InterruptedException {
        Path list = FOLDER.resolve("classes");
        Path unfinished = FOLDER.resolve("unfinished");
        run(jvm, Stream.concat(Stream.of("-XX:DumpLoadedClassList=" + list), Arrays.stream(errand)));
        run(jvm, Stream.of("-Xshare:dump", "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + unfinished));
        Files.move(unfinished, FILE, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void run(List<String> jvm, Stream<String> more) throws IOException, InterruptedException {
        Finished.run(Stream.concat(jvm.stream(), more).toList()).orFail();
    }
}
