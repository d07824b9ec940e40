package dev.ringpark.process;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A JVM to be started, the one the tests run on; each method gives a changed copy. */
public final class Jvm {
    /** What lets the library call the system. */
    public static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    /** What lets the library carry virtual threads. */
    public static final String OPEN_JAVA_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    /** Starts quickly and stays small; what is tested does not last long enough for a better compiler. */
    private static final List<String> LEAN = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-ea");

    private final List<String> launcher;
    private final List<String> flags;
    private final Map<String, String> variables;

    private Jvm(List<String> launcher, List<String> flags, Map<String, String> variables) {
        this.launcher = launcher;
        this.flags = flags;
        this.variables = variables;
    }

    /** One with {@code flags} alone. */
    public static Jvm with(String... flags) {
        return new Jvm(List.of(), List.of(flags), Map.of());
    }

    /** One that lets the library do all it can. */
    public static Jvm withFullAccess() {
        return with(NATIVE_ACCESS, OPEN_JAVA_LANG);
    }

    /**
     * One that lets the library do all it can, and compiles as users' do: for what the compiler has to see through. But
     * each call of a C library is compiled by itself. Inlined into a large method, such a call can be where the
     * compiler has used up what it may inline; it then no longer sees that nobody keeps the JDK's object for the errno,
     * and has one made each time.
     */
    public static Jvm asUsersHaveIt() {
        return withFullAccess().and("-XX:TieredStopAtLevel=4", "-da", "-XX:CompileCommand=quiet")
                .and(Stream.of("linux.Libc", "bsd.BsdLibc", "bsd.Kqueue")
                        .map(each -> "-XX:CompileCommand=dontinline,dev.ringpark.internal.os." + each + "::*")
                        .toArray(String[]::new));
    }

    /** This one with more flags. */
    public Jvm and(String... more) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(Arrays.asList(more));
        return new Jvm(launcher, all, variables);
    }

    /** This one with a variable in its environment. */
    public Jvm variable(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.put(name, value);
        return new Jvm(launcher, flags, all);
    }

    /** This one, started by another program that gets the whole command as its last arguments, that of others too. */
    public Jvm behind(String... program) {
        List<String> all = new ArrayList<>(Arrays.asList(program));
        all.addAll(launcher);
        return new Jvm(all, flags, variables);
    }

    /** Runs {@code main} with the classes that it and each of {@code others} come from. */
    public Finished run(Class<?> main, Class<?>... others) throws IOException, InterruptedException {
        return with(main, others).run();
    }

    /** This one with {@code main} to run, and the classes that it and each of {@code others} come from. */
    public Jvm with(Class<?> main, Class<?>... others) {
        return classPath(main, others).and(main.getName());
    }

    /** This one with the classes that {@code main} and each of {@code others} come from. */
    public Jvm classPath(Class<?> main, Class<?>... others) {
        List<String> folders = new ArrayList<>(List.of(folder(main).toString()));
        Arrays.stream(others).map(each -> folder(each).toString()).forEach(folders::add);
        return and("-cp", String.join(File.pathSeparator, folders));
    }

    /** Runs what the flags say. */
    public Finished run() throws IOException, InterruptedException {
        return Finished.run(command(), variables);
    }

    /** Starts what the flags say, in {@code folder}, where all that it leaves is found. */
    public Process start(Path folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command()).directory(folder.toFile());
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeAll(Finished.JVM_VARIABLES);
        builder.environment().putAll(variables);
        return builder.start();
    }

    /** Starts what the flags say, to run beside the tests. */
    public RunningProgram start() throws IOException {
        return RunningProgram.start(command(), variables);
    }

    /** The words that start it. */
    public List<String> command() throws IOException {
        List<String> lean = new ArrayList<>(LEAN);
        lean.addFirst(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        List<String> command = new ArrayList<>(launcher);
        command.addAll(lean);
        command.addAll(JdkArchive.flags(lean,
                NATIVE_ACCESS, "-cp", folder(Errand.class).toString(), Errand.class.getName()));
        command.addAll(flags);
        return command;
    }

    /** The folder or archive that {@code type} comes from. */
    public static Path folder(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }
}
