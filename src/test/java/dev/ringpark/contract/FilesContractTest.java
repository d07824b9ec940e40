package dev.ringpark.contract;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopFiles;
import dev.ringpark.process.OtherFileSystem;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.DosFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole files and directories: everything is done twice, by a loop and by the JDK, and ends the same. */
class FilesContractTest extends Contract {
    @TempDir Path ours;
    @TempDir Path theirs;

    /** What may be at a path. */
    private enum Sort {
        NOTHING, FILE, EMPTY_FOLDER, FULL_FOLDER, LINK_TO_FILE, LINK_TO_FOLDER, LINK_TO_NOTHING, BELOW_A_FILE;

        /** Puts it into {@code folder} as {@code name}: its path. */
        Path make(Path folder, String name) throws IOException {
            Path path = folder.resolve(name);
            return switch (this) {
                case NOTHING -> path;
                case FILE -> Files.writeString(path, name);
                case EMPTY_FOLDER -> Files.createDirectory(path);
                case FULL_FOLDER -> Files.createFile(Files.createDirectory(path).resolve("inside")).getParent();
                case LINK_TO_FILE -> Files.createSymbolicLink(path, Files.writeString(of(folder, name), "linked"));
                case LINK_TO_FOLDER -> Files.createSymbolicLink(path, Files.createDirectory(of(folder, name)));
                case LINK_TO_NOTHING -> Files.createSymbolicLink(path, of(folder, name));
                case BELOW_A_FILE -> Files.writeString(path, name).resolve("below");
            };
        }

        private static Path of(Path folder, String name) {
            return folder.resolve("target-of-" + name);
        }
    }

    /** Something done with what is in a folder. */
    @FunctionalInterface
    private interface Deed {
        Object in(Path folder) throws Exception;
    }

    /** Does it in a new folder of {@code parent}: how it ended, and what is there then. */
    private String outcome(Path parent, String name, Deed deed) throws Exception {
        Path folder = Files.createDirectory(parent.resolve(name));
        String end;
        try {
            Object result = deed.in(folder);
            end = result == null ? "done" : result.toString();
        } catch (IOException | RuntimeException e) {
            end = e.getClass().getName() + ": " + e.getMessage();
        }
        return (end + " " + tree(folder)).replace(folder.toString(), "FOLDER");
    }

    private static List<String> tree(Path folder) throws IOException {
        List<String> all = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted().toList()) {
                boolean isFile = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
                String content = isFile ? new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1) : "";
                all.add(path + (Files.isSymbolicLink(path) ? "@" : "=" + content));
            }
        }
        return all;
    }

    private void assertSame(String name, Deed byUs, Deed byTheJdk) throws Exception {
        String expected = outcome(theirs, name, byTheJdk);
        String actual = call(() -> outcome(ours, name, byUs)).result();
        assertThat(actual).as(name).isEqualTo(expected);
    }

    // ---- changes ----

    @Test
    void movesEndAsTheJdksDo() throws Exception {
        List<CopyOption[]> choices = List.of(new CopyOption[] {}, new CopyOption[] {REPLACE_EXISTING},
                new CopyOption[] {ATOMIC_MOVE}, new CopyOption[] {LinkOption.NOFOLLOW_LINKS, REPLACE_EXISTING});
        for (Sort source : Sort.values()) {
            for (Sort target : Sort.values()) {
                for (CopyOption[] options : choices) {
                    assertSame("move " + source + " to " + target + " " + List.of(options),
                            in -> relative(in,
                                    LoopFiles.move(loop, source.make(in, "a"), target.make(in, "b"), options)),
                            in -> relative(in, Files.move(source.make(in, "a"), target.make(in, "b"), options)));
                }
            }
        }
    }

    private static Path relative(Path folder, Path path) {
        return folder.relativize(path);
    }

    @Test
    void aFileMovedOntoItselfOrItsOtherNameStays() throws Exception {
        for (CopyOption[] options : List.of(new CopyOption[0], new CopyOption[] {REPLACE_EXISTING})) {
            assertSame("itself " + options.length,
                    in -> relative(in, LoopFiles.move(loop, Sort.FILE.make(in, "a"), in.resolve("a"), options)),
                    in -> relative(in, Files.move(Sort.FILE.make(in, "a"), in.resolve("a"), options)));
            assertSame("its other name " + options.length,
                    in -> relative(in, LoopFiles.move(loop, Sort.FILE.make(in, "a"), linked(in), options)),
                    in -> relative(in, Files.move(Sort.FILE.make(in, "a"), linked(in), options)));
        }
        assertSame("into itself",
                in -> LoopFiles.move(loop, Sort.FULL_FOLDER.make(in, "a"), in.resolve("a/b")),
                in -> Files.move(Sort.FULL_FOLDER.make(in, "a"), in.resolve("a/b")));
    }

    private static Path linked(Path folder) throws IOException {
        return Files.createLink(folder.resolve("b"), folder.resolve("a"));
    }

    @Test
    void deletesEndAsTheJdksDo() throws Exception {
        for (Sort sort : Sort.values()) {
            assertSame("delete " + sort,
                    in -> {
                        LoopFiles.delete(loop, sort.make(in, "a"));
                        return null;
                    },
                    in -> {
                        Files.delete(sort.make(in, "a"));
                        return null;
                    });
            assertSame("deleteIfExists " + sort, in -> LoopFiles.deleteIfExists(loop, sort.make(in, "a")),
                    in -> Files.deleteIfExists(sort.make(in, "a")));
        }
    }

    @Test
    void directoriesAreMadeAsTheJdkMakesThem() throws Exception {
        for (Sort sort : Sort.values()) {
            for (String below : List.of("", "x", "x/y/z")) {
                assertSame("createDirectory " + sort + "-" + below.length(),
                        in -> relative(in, LoopFiles.createDirectory(loop, sort.make(in, "a").resolve(below))),
                        in -> relative(in, Files.createDirectory(sort.make(in, "a").resolve(below))));
                assertSame("createDirectories " + sort + "-" + below.length(),
                        in -> relative(in, LoopFiles.createDirectories(loop, sort.make(in, "a").resolve(below))),
                        in -> relative(in, Files.createDirectories(sort.make(in, "a").resolve(below))));
            }
        }
    }

    @Test
    void aNewDirectoryHasThePermissionsThatWereAsked() throws Exception {
        var asked = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---"));
        assertSame("permissions",
                in -> Files.getPosixFilePermissions(LoopFiles.createDirectory(loop, in.resolve("a"), asked)),
                in -> Files.getPosixFilePermissions(Files.createDirectory(in.resolve("a"), asked)));
        assertSame("default",
                in -> Files.getPosixFilePermissions(LoopFiles.createDirectories(loop, in.resolve("a/b"))),
                in -> Files.getPosixFilePermissions(Files.createDirectories(in.resolve("a/b"))));
    }

    @Test
    void copiesEndAsTheJdksDo() throws Exception {
        for (Sort source : Sort.values()) {
            assertSame("copy " + source,
                    in -> relative(in, LoopFiles.copy(loop, source.make(in, "a"), in.resolve("b"))),
                    in -> relative(in, Files.copy(source.make(in, "a"), in.resolve("b"))));
        }
        assertSame("copy over", in -> LoopFiles.copy(loop, Sort.FILE.make(in, "a"), Sort.FILE.make(in, "b")),
                in -> Files.copy(Sort.FILE.make(in, "a"), Sort.FILE.make(in, "b")));
    }

    // ---- what is there ----

    @Test
    void attributesAreWhatTheJdkTells() throws Exception {
        for (Sort sort : Sort.values()) {
            for (LinkOption[] options : List.of(new LinkOption[0], new LinkOption[] {LinkOption.NOFOLLOW_LINKS})) {
                String name = sort + "-" + options.length;
                Path path = sort.make(Files.createDirectory(ours.resolve("attributes " + name)), "a");
                assertThat(ending(() -> all(call(() -> LoopFiles.attributes(loop, path, PosixFileAttributes.class,
                        options)).result()))).as(name)
                        .isEqualTo(ending(() -> all(Files.readAttributes(path, PosixFileAttributes.class, options))));
                assertThat(call(() -> LoopFiles.exists(loop, path, options)).result()).as(name)
                        .isEqualTo(Files.exists(path, options));
                assertThat(call(() -> LoopFiles.isDirectory(loop, path, options)).result()).as(name)
                        .isEqualTo(Files.isDirectory(path, options));
            }
        }
    }

    private static String all(PosixFileAttributes attributes) {
        return String.join(" ", List.of(attributes.owner() + ":" + attributes.group(), attributes.permissions() + "",
                attributes.size() + "", attributes.lastModifiedTime() + "", attributes.lastAccessTime() + "",
                attributes.creationTime() + "", attributes.isRegularFile() + "", attributes.isDirectory() + "",
                attributes.isSymbolicLink() + "", attributes.isOther() + "", attributes.fileKey() + ""));
    }

    private static String ending(Callable<String> call) throws Exception {
        try {
            return call.call();
        } catch (IOException e) {
            return e.toString();
        } catch (AssertionError failedCall) {
            return String.valueOf(failedCall.getCause());
        }
    }

    @Test
    void devicesArePlainlyOther() throws Exception {
        Path device = Path.of("/dev/null");
        assertThat(all(call(() -> LoopFiles.attributes(loop, device, PosixFileAttributes.class)).result()))
                .isEqualTo(all(Files.readAttributes(device, PosixFileAttributes.class)));
    }

    @Test
    void aDirectoryIsListedAndClosed() throws Exception {
        Path folder = Files.createDirectory(ours.resolve("listed"));
        for (int i = 0; i < 100; i++) {
            Files.createFile(folder.resolve("file " + i));
        }
        try (Stream<Path> expected = Files.list(folder)) {
            assertThat(call(() -> LoopFiles.list(loop, folder)).result())
                    .containsExactlyInAnyOrderElementsOf(expected.toList());
        }
        for (Sort sort : List.of(Sort.NOTHING, Sort.FILE)) {
            assertSame("list " + sort, in -> LoopFiles.list(loop, sort.make(in, "a")),
                    in -> {
                        try (Stream<Path> entries = Files.list(sort.make(in, "a"))) {
                            return entries.toList();
                        }
                    });
        }
    }

    @Test
    void namesOfAnyLengthAndLettersAreTaken() throws Exception {
        for (String name : List.of("ä ö 水 \uD83D\uDE00", "x".repeat(255), "x".repeat(256), "x".repeat(5_000),
                "y/".repeat(2_100) + "z", " ", "a\nb")) {
            String label = "name of " + name.length();
            assertSame(label, in -> relative(in, LoopFiles.createDirectory(loop, in.resolve(name))),
                    in -> relative(in, Files.createDirectory(in.resolve(name))));
        }
        assertThat(call(() -> LoopFiles.isDirectory(loop, Path.of(""))).result()).isTrue();
    }

    /** Names are bytes, and these are no text. */
    @Test
    void aNameThatIsNoTextIsThatOfItsFileAlone() throws Exception {
        Path folder = Files.createDirectory(ours.resolve("bytes"));
        Path name = Path.of(URI.create(folder.toUri() + "%E9%25"));
        Path moved = Path.of(URI.create(folder.toUri() + "%E9%E8"));
        Path inAscii = Files.writeString(folder.resolve("?%"), "another");
        Path inUnicode = Files.writeString(Path.of(URI.create(folder.toUri() + "%EF%BF%BD%25")), "a third");
        assertThat(call(() -> LoopFiles.writeString(loop, name, "this")).result()).isEqualTo(name);
        assertThat(Files.readString(name)).isEqualTo("this");
        assertThat(call(() -> LoopFiles.attributes(loop, name, BasicFileAttributes.class).size()).result())
                .isEqualTo(4);
        call(() -> LoopFiles.move(loop, name, moved)).result();
        assertThat(call(() -> LoopFiles.readString(loop, moved)).result()).isEqualTo("this");
        call(() -> {
            LoopFiles.delete(loop, moved);
            return null;
        }).result();
        Path directory = call(() -> LoopFiles.createDirectory(loop, name)).result();
        Path link = Files.createSymbolicLink(moved, directory);
        call(() -> {
            LoopFiles.delete(loop, link);
            return null;
        }).result();

        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(name, inAscii, inUnicode);
        }
    }

    // ---- whole files ----

    @Test
    void textIsWrittenAndReadAsTheJdkWritesAndReadsIt() throws Exception {
        assertSame("utf-8", in -> relative(in, LoopFiles.writeString(loop, in.resolve("a"), "naïve 水")),
                in -> relative(in, Files.writeString(in.resolve("a"), "naïve 水")));
        assertSame("latin", in -> relative(in,
                        LoopFiles.writeString(loop, in.resolve("a"), "naive", StandardCharsets.ISO_8859_1)),
                in -> relative(in, Files.writeString(in.resolve("a"), "naive", StandardCharsets.ISO_8859_1)));
        assertSame("no latin", in -> LoopFiles.writeString(loop, in.resolve("a"), "水", StandardCharsets.ISO_8859_1),
                in -> Files.writeString(in.resolve("a"), "水", StandardCharsets.ISO_8859_1));
        assertSame("append", in -> LoopFiles.readString(loop, LoopFiles.writeString(loop, Sort.FILE.make(in, "a"), "b",
                        StandardOpenOption.APPEND)),
                in -> Files.readString(Files.writeString(Sort.FILE.make(in, "a"), "b", StandardOpenOption.APPEND)));
        assertSame("malformed", in -> LoopFiles.readString(loop, malformed(in)), in -> Files.readString(malformed(in)));
        assertSame("only open options", in -> LoopFiles.write(loop, in.resolve("a"), new byte[3],
                        StandardOpenOption.CREATE_NEW).getFileName(),
                in -> Files.write(in.resolve("a"), new byte[3], StandardOpenOption.CREATE_NEW).getFileName());
        assertSame("missing", in -> LoopFiles.readString(loop, in.resolve("a")),
                in -> Files.readString(in.resolve("a")));
    }

    private static Path malformed(Path folder) throws IOException {
        return Files.write(folder.resolve("a"), new byte[] {'a', (byte) 0xC3, 'b'});
    }

    // ---- misuse and interrupts ----

    @Test
    void whatNobodyKnowsIsRefused() throws Exception {
        Path path = Sort.FILE.make(ours, "a");
        CopyOption unknown = new CopyOption() {
            @Override
            public String toString() {
                return "SLOWLY";
            }
        };
        assertThat(failureOf(() -> LoopFiles.move(loop, path, path, unknown)))
                .isExactlyInstanceOf(UnsupportedOperationException.class).hasMessageContaining("SLOWLY");
        assertThat(failureOf(() -> LoopFiles.move(loop, path, path, (CopyOption) null)))
                .isExactlyInstanceOf(NullPointerException.class);
        assertThat(failureOf(() -> LoopFiles.attributes(loop, path, DosFileAttributes.class)))
                .isExactlyInstanceOf(UnsupportedOperationException.class);
        try (var zip = FileSystems.newFileSystem(ours.resolve("a.zip"), Map.of("create", "true"))) {
            Path other = zip.getPath("/x");
            for (Callable<?> call : List.<Callable<?>>of(() -> LoopFiles.exists(loop, other),
                    () -> LoopFiles.createDirectory(loop, other), () -> LoopFiles.move(loop, path, other),
                    () -> LoopFiles.list(loop, other), () -> LoopFiles.copy(loop, other, path))) {
                assertThat(failureOf(call)).isExactlyInstanceOf(ProviderMismatchException.class);
            }
        }
    }

    @Test
    void anInterruptedThreadChangesNothingAndKeepsItsStatus() throws Exception {
        Path path = Sort.FILE.make(ours, "a");
        for (Callable<?> body : List.<Callable<?>>of(() -> LoopFiles.deleteIfExists(loop, path),
                () -> LoopFiles.createDirectory(loop, ours.resolve("b")), () -> LoopFiles.list(loop, ours),
                () -> LoopFiles.attributes(loop, path, BasicFileAttributes.class), () -> LoopFiles.exists(loop, path),
                () -> LoopFiles.move(loop, path, ours.resolve("b")), () -> LoopFiles.readAllBytes(loop, path))) {
            Call<Object> call = call(() -> {
                Thread.currentThread().interrupt();
                return body.call();
            });
            assertThat(call.failure()).isExactlyInstanceOf(InterruptedIOException.class);
            assertThat(call.endedInterrupted()).isTrue();
        }
        assertThat(tree(ours)).containsExactly(ours + "=", path + "=a");
    }

    @Test
    void toAnotherFileSystemAPathIsCopiedUnlessItIsToGoInOneStep() throws Exception {
        assumeTrue(OtherFileSystem.isThere(ours), "there is no other file system");
        Path path = Files.writeString(ours.resolve("a"), "some");
        Path target = OtherFileSystem.path();
        try {
            assertThat(failureOf(() -> LoopFiles.move(loop, path, target, ATOMIC_MOVE)))
                    .isExactlyInstanceOf(AtomicMoveNotSupportedException.class)
                    .hasMessage(path + " -> " + target + ": Invalid cross-device link");
            call(() -> LoopFiles.move(loop, path, target)).result();
            assertThat(target).hasContent("some");
            assertThat(path).doesNotExist();
        } finally {
            Files.deleteIfExists(target);
        }
    }

    @Test
    void aClosedLoopDoesNothing() throws Exception {
        CarrierLoop another = anotherLoop();
        Path path = Sort.FULL_FOLDER.make(ours, "a");
        assertThat(failureOf(() -> {
            LoopFiles.delete(another, path);
            return null;
        })).isExactlyInstanceOf(DirectoryNotEmptyException.class);
        another.close();
        assertThat(failureOf(() -> LoopFiles.exists(another, path))).isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void manyThreadsWorkOnManyPathsAtOnce() throws Exception {
        List<Call<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Path folder = ours.resolve("folder " + i);
            calls.add(call(i % 4 == 0 ? Thread.ofPlatform()::start : loop::startVirtualThread, () -> {
                LoopFiles.createDirectories(loop, folder.resolve("x/y"));
                LoopFiles.move(loop, folder.resolve("x/y"), folder.resolve("z"));
                LoopFiles.delete(loop, folder.resolve("x"));
                return LoopFiles.isDirectory(loop, folder.resolve("z")) && !LoopFiles.exists(loop, folder.resolve("x"));
            }));
        }
        for (Call<Boolean> each : calls) {
            assertThat(each.result()).isTrue();
        }
    }
}
