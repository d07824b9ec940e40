package dev.ringpark.house;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Jvm;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Where things are. */
final class Project {
    /** The project's folder. */
    static final Path ROOT = Path.of("").toAbsolutePath();
    /** Main's compiled classes. */
    static final Path CLASSES = Jvm.folder(CarrierLoop.class);

    /** What .gitignore names, and what is no text. */
    private static final Set<String> FOREIGN_FOLDERS = Set.of("target", ".git", ".idea", ".vscode", ".settings");
    private static final Pattern FOREIGN_FILES = Pattern.compile(
            ".*[.](class|log|iml|png|jar)|(hs_err_pid|replay_pid).*|[.]classpath|[.]project|[.]DS_Store");

    /** A file of the project: its path below the root, with slashes, and what it says. */
    record Text(String path, String text) {
        List<String> lines() {
            return text.lines().toList();
        }

        String extension() {
            int dot = path.lastIndexOf('.');
            return dot > path.lastIndexOf('/') ? path.substring(dot + 1) : "";
        }
    }

    private Project() {}

    /** Every text file that is, or could become, part of a commit. */
    static List<Text> texts() throws IOException {
        List<Text> texts = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return FOREIGN_FOLDERS.contains(String.valueOf(folder.getFileName()))
                        ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!FOREIGN_FILES.matcher(String.valueOf(file.getFileName())).matches()) {
                    texts.add(text(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return texts;
    }

    /** The Java files below {@code folder}. */
    static List<Text> sources(String folder) throws IOException {
        return texts().stream().filter(each -> each.extension().equals("java"))
                .filter(each -> each.path().startsWith(folder)).toList();
    }

    /** One file by its path below the root. */
    static Text text(String path) throws IOException {
        return text(ROOT.resolve(path));
    }

    private static Text text(Path file) throws IOException {
        return new Text(ROOT.relativize(file).toString().replace('\\', '/'), Files.readString(file));
    }
}
