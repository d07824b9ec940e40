package dev.ringpark.house;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import dev.ringpark.house.Project.Text;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A source file as the compiler reads it. */
record Parsed(Text source, CompilationUnitTree tree, SourcePositions positions) {

    /** A walk over a file that notes what it finds. */
    abstract static class Finder extends TreeScanner<Void, Parsed> {
        private final List<String> found = new ArrayList<>();

        void found(Parsed file, Tree at, String what) {
            found.add(file.source.path() + ":" + file.firstLine(at) + " " + what);
        }
    }

    static List<Parsed> of(List<Text> sources) throws IOException {
        List<JavaFileObject> files = sources.stream().<JavaFileObject>map(Parsed::file).toList();
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, null, null, null, null, files);
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        List<Parsed> parsed = new ArrayList<>();
        for (CompilationUnitTree tree : task.parse()) {
            Text source = sources.stream().filter(each -> tree.getSourceFile().getName().equals("/" + each.path()))
                    .findFirst().orElseThrow();
            parsed.add(new Parsed(source, tree, positions));
        }
        return parsed;
    }

    /** A snippet, as if it were a file of that path. */
    static List<Parsed> of(String path, String source) throws IOException {
        return of(List.of(new Text(path, source)));
    }

    /** What {@code finder} finds in {@code files}. */
    static List<String> find(List<Parsed> files, Finder finder) {
        files.forEach(file -> finder.scan(file.tree, file));
        return finder.found;
    }

    long firstLine(Tree part) {
        return tree.getLineMap().getLineNumber(positions.getStartPosition(tree, part));
    }

    /** How many lines end within {@code part}. */
    long lineEnds(Tree part) {
        return text(part).chars().filter(each -> each == '\n').count();
    }

    /** The literals in {@code part}, text blocks among them. */
    static List<LiteralTree> literals(Tree part) {
        List<LiteralTree> literals = new ArrayList<>();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitLiteral(LiteralTree literal, Void nothing) {
                literals.add(literal);
                return null;
            }
        }.scan(part, null);
        return literals;
    }

    String text(Tree part) {
        return source.text().substring(
                (int) positions.getStartPosition(tree, part), (int) positions.getEndPosition(tree, part));
    }

    private static JavaFileObject file(Text source) {
        return new SimpleJavaFileObject(URI.create("string:///" + source.path()), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source.text();
            }
        };
    }
}
