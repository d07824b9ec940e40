package dev.ringpark.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.Attributes.Name;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** Packs classes, as users have them: one file that stays open, where a folder is opened anew for each class. */
public final class Jar {
    private Jar() {}

    /**
     * Packs the folders that {@code types} come from.
     *
     * @param chosen tells which files are packed, by their path below the folder
     * @param attributes name, value, name, value … of the manifest
     */
    public static Path pack(Path jar, Predicate<String> chosen, List<String> attributes, Class<?>... types)
            throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest(attributes))) {
            for (Path folder : Arrays.stream(types).map(Jvm::folder).distinct().toList()) {
                add(folder, chosen, out);
            }
        }
        return jar;
    }

    private static Manifest manifest(List<String> attributes) {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Name.MANIFEST_VERSION, "1.0");
        for (int i = 0; i < attributes.size(); i += 2) {
            manifest.getMainAttributes().putValue(attributes.get(i), attributes.get(i + 1));
        }
        return manifest;
    }

    private static void add(Path folder, Predicate<String> chosen, JarOutputStream out) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString();
                if (chosen.test(name)) {
                    out.putNextEntry(new ZipEntry(name));
                    Files.copy(file, out);
                }
            }
        }
    }
}
