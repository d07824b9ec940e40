package dev.ringpark.abi;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.process.Finished;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The C headers of this machine, asked through gcc. */
final class Headers {
    private static final String INCLUDES = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <linux/io_uring.h>
            #include <linux/time_types.h>
            #include <linux/version.h>
            #include <netinet/in.h>
            #include <netinet/tcp.h>
            #include <poll.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <string.h>
            #include <sys/epoll.h>
            #include <sys/eventfd.h>
            #include <sys/ioctl.h>
            #include <sys/mman.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/syscall.h>
            #include <sys/uio.h>
            #include <sys/un.h>
            """;
    private static final Pattern NO_WORD = Pattern.compile("\\W+");

    private final Path folder;
    private final Set<String> words;
    private final long version;

    /** Skips the test where there is no gcc or a header is missing. */
    Headers(Path folder) throws IOException, InterruptedException {
        Tool.require("gcc");
        this.folder = folder;
        Path file = Files.writeString(folder.resolve("headers.c"), INCLUDES);
        Finished gcc = Finished.run(List.of("gcc", "-E", "-dD", file.toString()));
        assumeTrue(gcc.exitCode() == 0, () -> "headers are missing: " + gcc.err());
        words = new HashSet<>(List.of(NO_WORD.split(gcc.out())));
        version = numbers(List.of("LINUX_VERSION_CODE")).getFirst() >> 8;
    }

    /** Whether these are the headers of Linux {@code major}.{@code minor} or later. */
    boolean areSince(int major, int minor) {
        return version >= ((long) major << 8 | minor);
    }

    /** "Linux 6.1". */
    String versionText() {
        return "Linux " + (version >> 8) + "." + (version & 0xff);
    }

    boolean know(Fact fact) {
        return words.containsAll(fact.identifiers());
    }

    /** The values of those facts that the headers know. */
    Map<Fact, Long> values(List<Fact> facts) throws IOException, InterruptedException {
        List<Fact> known = facts.stream().filter(this::know).toList();
        List<Long> numbers = numbers(known.stream().map(Fact::expression).toList());
        Map<Fact, Long> values = new HashMap<>();
        for (int i = 0; i < known.size(); i++) {
            values.put(known.get(i), numbers.get(i));
        }
        return values;
    }

    List<Long> numbers(List<String> expressions) throws IOException, InterruptedException {
        return print("%lld", "(long long)", expressions).stream().map(Long::valueOf).toList();
    }

    List<String> texts(List<String> expressions) throws IOException, InterruptedException {
        return print("%s", "", expressions);
    }

    private List<String> print(String format, String cast, List<String> expressions)
            throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>(List.of(INCLUDES, "int main(void) {"));
        expressions.forEach(each -> lines.add("  printf(\"" + format + "\\n\", " + cast + "(" + each + "));"));
        lines.add("  return 0;\n}");
        Path program = Tool.compileC(Files.write(folder.resolve("print.c"), lines), folder);
        return Finished.run(List.of(program.toString())).out().lines().toList();
    }
}
