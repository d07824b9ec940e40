package dev.ringpark.availability;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Jar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The library's jar, as the build packs it; it does so only after the tests. */
final class OurJar {
    private static final Pattern ENTRIES =
            Pattern.compile("<manifestEntries>(.*?)</manifestEntries>", Pattern.DOTALL);
    private static final Pattern ENTRY = Pattern.compile("<([A-Z][A-Za-z-]+)>([^<]+)</\\1>");

    private OurJar() {}

    static Path pack(Path folder) throws IOException {
        return Jar.pack(folder.resolve("ringpark.jar"), name -> true, manifestEntries(), CarrierLoop.class);
    }

    /** What pom.xml puts into the manifest: name, value, name, value … */
    private static List<String> manifestEntries() throws IOException {
        Matcher entries = ENTRIES.matcher(Files.readString(Path.of("pom.xml")));
        if (!entries.find()) {
            throw new AssertionError("pom.xml has no manifest entries");
        }
        return ENTRY.matcher(entries.group(1)).results()
                .flatMap(entry -> Stream.of(entry.group(1), entry.group(2))).toList();
    }
}
