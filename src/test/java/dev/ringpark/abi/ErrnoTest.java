package dev.ringpark.abi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The names, numbers and texts of errors against the C library's. */
class ErrnoTest {
    private static final int MAX_ERRNO = 4095;   // linux/err.h

    @TempDir
    private static Path folder;

    private static Headers headers;

    @BeforeAll
    static void findTheHeaders() throws Exception {
        headers = new Headers(folder);
    }

    @Test
    void eachNumberHasTheNameThatCGivesIt() throws Exception {
        Map<Errno, Long> numbers = numbers();

        for (int number = 1; number <= MAX_ERRNO; number++) {
            Errno errno = LinuxErrno.of(number);
            assertThat(number).as("%s", errno).isEqualTo(numbers.getOrDefault(errno, (long) number).intValue());
        }
    }

    @Test
    void eachNameIsReachedFromTheNumberThatCGivesIt() throws Exception {
        numbers().forEach((errno, number) -> assertThat(LinuxErrno.of(number.intValue())).isEqualTo(errno));
    }

    @Test
    void eachTextIsWhatStrerrorSays() throws Exception {
        List<String> texts = headers.texts(names().map(errno -> "strerror(" + errno + ")").toList());

        assertThat(names().map(Errno::text)).containsExactlyElementsOf(texts);
    }

    private static Stream<Errno> names() {
        return Stream.of(Errno.values()).filter(errno -> errno != Errno.UNKNOWN);
    }

    private static Map<Errno, Long> numbers() throws Exception {
        List<Errno> names = names().toList();
        List<Long> values = headers.numbers(names.stream().map(Errno::name).toList());
        Map<Errno, Long> numbers = new EnumMap<>(Errno.class);
        for (int i = 0; i < names.size(); i++) {
            numbers.put(names.get(i), values.get(i));
        }
        return numbers;
    }
}
