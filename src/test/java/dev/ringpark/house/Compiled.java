package dev.ringpark.house;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Main's compiled classes, also with further ones among them that break a rule. */
final class Compiled {
    /** Main's classes as they are. */
    static final JavaClasses MAIN = new ClassFileImporter().importPath(Project.CLASSES);

    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern CLASS = Pattern.compile("(?:public class|record|interface|enum|class) (\\w+)");

    private Compiled() {}

    /** What {@code sources} say, compiled into {@code folder} as if it were a part of main. */
    static JavaClasses injected(Path folder, String... sources) throws IOException {
        compile(folder, List.of("-cp", Project.CLASSES.toString()), sources);
        return new ClassFileImporter().importPath(folder);
    }

    /** Main's classes, and what {@code sources} say, for rules that look at all of them together. */
    static JavaClasses mainWith(Path folder, String... sources) throws IOException {
        compile(folder, List.of("-cp", Project.CLASSES.toString()), sources);
        return new ClassFileImporter().importPaths(Project.CLASSES, folder);
    }

    /** How {@code classes} break {@code rule}. */
    static List<String> violations(ArchRule rule, JavaClasses classes) {
        return rule.evaluate(classes).getFailureReport().getDetails();
    }

    /** Compiles sources, each a file of its own; returns what the compiler said. */
    static String compile(Path folder, List<String> options, String... sources) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String source : sources) {
            Path file = folder.resolve("source").resolve(path(source));
            Files.createDirectories(file.getParent());
            files.add(Files.writeString(file, source));
        }
        List<String> all = new ArrayList<>(List.of("-d", folder.toString(), "-proc:none"));
        all.addAll(options);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            if (!compiler.getTask(said, manager, null, all, null, manager.getJavaFileObjectsFromPaths(files)).call()) {
                throw new AssertionError(said.toString());
            }
        }
        return said.toString();
    }

    private static Path path(String source) {
        return Path.of(first(PACKAGE, source).replace('.', '/'), first(CLASS, source) + ".java");
    }

    private static String first(Pattern pattern, String source) {
        Matcher matcher = pattern.matcher(source);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no " + pattern + " in " + source);
        }
        return matcher.group(1);
    }
}
