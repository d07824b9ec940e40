package dev.ringpark.internal.os.bsd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.linux.SocketAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each number of macOS and FreeBSD against a table that was written down apart from the code: from the headers of XNU
 * 11417 (bsd/sys, bsd/netinet, bsd/netinet6) and of FreeBSD 12 to 15. Neither the code nor the stand-in is asked.
 */
class BsdFactsTest {
    /** Name, macOS, FreeBSD where that differs; "-" is for what a system has not, or not always had. */
    private static final List<Row> NUMBERS = table("""
            AF_INET6            30          28
            SOCK_CLOEXEC        -           0x10000000
            SOCK_NONBLOCK       -           0x20000000
            SOL_SOCKET          0xffff
            SO_REUSEADDR        4
            SO_KEEPALIVE        8
            SO_BROADCAST        0x20
            SO_LINGER_SECONDS   0x1080      0x80
            SO_REUSEPORT_DEALT  0x200       0x10000
            SO_SNDBUF           0x1001
            SO_RCVBUF           0x1002
            SO_ERROR            0x1007
            SO_NOSIGPIPE        0x1022      0x800
            TCP_NODELAY         1
            IP_TOS              3
            IP_MULTICAST_IF     9
            IP_MULTICAST_TTL    10
            IP_MULTICAST_LOOP   11
            IP_ADD_MEMBERSHIP   12
            IP_DROP_MEMBERSHIP  13
            IPV6_MULTICAST_IF   9
            IPV6_MULTICAST_HOPS 10
            IPV6_MULTICAST_LOOP 11
            IPV6_JOIN_GROUP     12
            IPV6_LEAVE_GROUP    13
            IPV6_V6ONLY         27
            IPV6_TCLASS         36          61
            MSG_DONTWAIT        0x80
            MSG_NOSIGNAL        -           0x20000
            FIONREAD            0x4004667f
            F_SETFD             2
            F_GETFL             3
            F_SETFL             4
            F_DUPFD_CLOEXEC     67          17
            FD_CLOEXEC          1
            O_NONBLOCK          4
            SUN_PATH_BYTES      104
            IP_MREQN_BYTES      12
            IMR_ADDRESS         4
            IMR_IFINDEX         8
            IPV6_MREQ_BYTES     20
            IPV6MR_IFINDEX      16
            KEVENT_BYTES        32          64
            KEVENT_FILTER       8
            KEVENT_FLAGS        10
            KEVENT_FFLAGS       12
            KEVENT_DATA         16
            KEVENT_UDATA        24
            EVFILT_READ         -1
            EVFILT_WRITE        -2
            EVFILT_USER         -10         -11
            EV_ADD              1
            EV_DELETE           2
            EV_ONESHOT          0x10
            EV_CLEAR            0x20
            EV_ERROR            0x4000
            EV_EOF              0x8000
            NOTE_TRIGGER        0x1000000
            TIMESPEC_BYTES      16
            TV_NSEC             8
            """);

    /** The same of errors. */
    private static final List<Row> ERRORS = table("""
            EPERM               1
            ENOENT              2
            ESRCH               3
            EINTR               4
            EIO                 5
            ENXIO               6
            EBADF               9
            EDEADLK             11
            ENOMEM              12
            EACCES              13
            EFAULT              14
            EBUSY               16
            EEXIST              17
            EXDEV               18
            ENOTDIR             20
            EISDIR              21
            EINVAL              22
            ENFILE              23
            EMFILE              24
            ENOTTY              25
            EFBIG               27
            ENOSPC              28
            ESPIPE              29
            EROFS               30
            EPIPE               32
            EAGAIN              35
            EINPROGRESS         36
            EALREADY            37
            ENOTSOCK            38
            EDESTADDRREQ        39
            EMSGSIZE            40
            EPROTOTYPE          41
            ENOPROTOOPT         42
            EPROTONOSUPPORT     43
            ENOTSUP             45
            EAFNOSUPPORT        47
            EADDRINUSE          48
            EADDRNOTAVAIL       49
            ENETDOWN            50
            ENETUNREACH         51
            ENETRESET           52
            ECONNABORTED        53
            ECONNRESET          54
            ENOBUFS             55
            EISCONN             56
            ENOTCONN            57
            ESHUTDOWN           58
            ETIMEDOUT           60
            ECONNREFUSED        61
            ELOOP               62
            ENAMETOOLONG        63
            EHOSTDOWN           64
            EHOSTUNREACH        65
            ENOTEMPTY           66
            EDQUOT              69
            ENOLCK              77
            ENOSYS              78
            EOVERFLOW           84
            ECANCELED           89          85
            EPROTO              100         92
            EOPNOTSUPP          102         45
            """);
    private static final int IPPROTO_UDP = 17;   // has no options here

    /** The options in what Linux has as their numbers, by their levels there. */
    private static final Map<Integer, Map<String, Integer>> OPTIONS = Map.of(
            SocketAbi.SOL_SOCKET, Map.of(
                    "SO_REUSEADDR", SocketAbi.SO_REUSEADDR, "SO_KEEPALIVE", SocketAbi.SO_KEEPALIVE,
                    "SO_BROADCAST", SocketAbi.SO_BROADCAST, "SO_LINGER_SECONDS", SocketAbi.SO_LINGER,
                    "SO_REUSEPORT_DEALT", SocketAbi.SO_REUSEPORT, "SO_SNDBUF", SocketAbi.SO_SNDBUF,
                    "SO_RCVBUF", SocketAbi.SO_RCVBUF, "SO_ERROR", SocketAbi.SO_ERROR),
            SocketAbi.IPPROTO_IP, Map.of(
                    "IP_TOS", SocketAbi.IP_TOS, "IP_MULTICAST_IF", SocketAbi.IP_MULTICAST_IF,
                    "IP_MULTICAST_TTL", SocketAbi.IP_MULTICAST_TTL, "IP_MULTICAST_LOOP", SocketAbi.IP_MULTICAST_LOOP),
            SocketAbi.IPPROTO_IPV6, Map.of(
                    "IPV6_MULTICAST_IF", SocketAbi.IPV6_MULTICAST_IF,
                    "IPV6_MULTICAST_HOPS", SocketAbi.IPV6_MULTICAST_HOPS,
                    "IPV6_MULTICAST_LOOP", SocketAbi.IPV6_MULTICAST_LOOP, "IPV6_V6ONLY", SocketAbi.IPV6_V6ONLY,
                    "IPV6_TCLASS", SocketAbi.IPV6_TCLASS),
            SocketAbi.IPPROTO_TCP, Map.of("TCP_NODELAY", SocketAbi.TCP_NODELAY));
    private static final int BEYOND_ALL = 300;   // errors and options are numbered below it

    private record Row(String name, long macos, long freebsd) {
        long of(BsdAbi abi) {
            return abi == BsdAbi.MACOS ? macos : freebsd;
        }
    }

    private static List<Row> table(String rows) {
        return rows.lines().map(row -> row.split(" +", -1))
                .map(row -> new Row(row[0], number(row[1]), number(row[row.length - 1]))).toList();
    }

    /** The code has 0 for a flag that there is not. */
    private static long number(String text) {
        return text.equals("-") ? 0 : Long.decode(text);
    }

    @ParameterizedTest
    @EnumSource(BsdAbi.class)
    void eachNumberIsTheSystems(BsdAbi abi) throws IllegalAccessException {
        Map<String, Long> expected = new TreeMap<>();
        NUMBERS.forEach(row -> expected.put(row.name(), row.of(abi)));

        assertThat(ours(abi)).containsExactlyInAnyOrderEntriesOf(expected);
    }

    /** All that the code has: so the table has to have it, too. */
    private static Map<String, Long> ours(BsdAbi abi) throws IllegalAccessException {
        Map<String, Long> ours = new TreeMap<>(constants(BsdAbi.class));
        ours.keySet().removeIf(name -> isError(name));
        ours.putAll(constants(KeventAbi.class));
        ours.putAll(options(abi));
        KeventAbi kevent = KeventAbi.valueOf(abi.name());
        ours.putAll(numbers(Map.of("KEVENT_BYTES", kevent.bytes(), "EVFILT_USER", kevent.evfiltUser(),
                "AF_INET6", abi.afInet6, "SOCK_NONBLOCK", abi.sockNonblock, "SOCK_CLOEXEC", abi.sockCloexec,
                "SO_NOSIGPIPE", abi.soNosigpipe, "MSG_NOSIGNAL", abi.msgNosignal,
                "F_DUPFD_CLOEXEC", abi.fDupfdCloexec, "SOL_SOCKET", BsdAbi.level(SocketAbi.SOL_SOCKET))));
        return ours;
    }

    private static Map<String, Long> constants(Class<?> type) throws IllegalAccessException {
        Map<String, Long> constants = new HashMap<>();
        for (Field field : type.getDeclaredFields()) {
            boolean isNumber = field.getType() == int.class || field.getType() == long.class;
            if (isNumber && Modifier.isStatic(field.getModifiers())) {
                constants.put(field.getName(), field.getLong(null));
            }
        }
        return constants;
    }

    private static Map<String, Long> numbers(Map<String, Integer> values) {
        Map<String, Long> numbers = new HashMap<>();
        values.forEach((name, value) -> numbers.put(name, value.longValue()));
        return numbers;
    }

    /** By what Linux has as their numbers. */
    private static Map<String, Long> options(BsdAbi abi) {
        Map<String, Long> options = new HashMap<>();
        OPTIONS.forEach((level, names) -> names.forEach(
                (name, inLinux) -> options.put(name, (long) abi.option(level, inLinux))));
        return options;
    }

    @ParameterizedTest
    @EnumSource(BsdAbi.class)
    void anOptionThatIsNotInTheTableThereIsNot(BsdAbi abi) {
        for (int level : new int[] {SocketAbi.SOL_SOCKET, SocketAbi.IPPROTO_IP, SocketAbi.IPPROTO_IPV6,
                SocketAbi.IPPROTO_TCP, IPPROTO_UDP}) {
            for (int name = 0; name < BEYOND_ALL; name++) {
                if (!OPTIONS.getOrDefault(level, Map.of()).containsValue(name)) {
                    assertThat(abi.option(level, name)).as("option %d of level %d", name, level).isEqualTo(-1);
                }
            }
        }
    }

    // ---- errors ----

    @ParameterizedTest
    @EnumSource(BsdAbi.class)
    void eachErrorHasTheNameThatTheSystemGivesIt(BsdAbi abi) {
        Map<Long, Errno> expected = new HashMap<>();
        ERRORS.forEach(row -> expected.put(row.of(abi), portable(row.name())));

        for (int number = 1; number < BEYOND_ALL; number++) {
            assertThat(abi.errno(number)).as("errno %d", number)
                    .isEqualTo(expected.getOrDefault((long) number, Errno.UNKNOWN));
        }
    }

    @ParameterizedTest
    @EnumSource(BsdAbi.class)
    void theErrorsThatTheCodeKnowsByNumberAreTheSystems(BsdAbi abi) throws IllegalAccessException {
        Map<String, Long> known = constants(BsdAbi.class);
        known.keySet().removeIf(name -> !isError(name));

        assertThat(known).isNotEmpty().allSatisfy((name, number) -> assertThat(number).isEqualTo(
                ERRORS.stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow().of(abi)));
    }

    private static boolean isError(String name) {
        return ERRORS.stream().anyMatch(row -> row.name().equals(name));
    }

    /** POSIX keeps ENOTSUP apart, and we do not. */
    private static Errno portable(String name) {
        return name.equals("ENOTSUP") ? Errno.EOPNOTSUPP : Errno.valueOf(name);
    }

    // ---- what is shared with Linux ----

    @Test
    void whatIsPassedOnAsLinuxHasItIsTheSameThere() {
        assertThat(List.of(SocketAbi.AF_UNSPEC, SocketAbi.AF_UNIX, SocketAbi.AF_INET)).containsExactly(0, 1, 2);
        assertThat(List.of(SocketAbi.SOCK_STREAM, SocketAbi.SOCK_DGRAM)).containsExactly(1, 2);
        assertThat(List.of(SocketAbi.SHUT_RD, SocketAbi.SHUT_WR, SocketAbi.SHUT_RDWR)).containsExactly(0, 1, 2);
        assertThat(List.of(SocketAbi.IPPROTO_IP, SocketAbi.IPPROTO_TCP, SocketAbi.IPPROTO_IPV6))
                .containsExactly(0, 6, 41);
        assertThat(List.of(SocketAbi.LINGER_BYTES, SocketAbi.SOCKADDR_IN_BYTES, SocketAbi.SOCKADDR_IN6_BYTES))
                .containsExactly(8, 16, 28);
        assertThat(SocketAbi.SUN_PATH).isEqualTo(2);
    }

    /** Length at 0 and family at 1, a byte each, and all behind them as in Linux. */
    @ParameterizedTest
    @EnumSource(BsdAbi.class)
    void anAddressBeginsWithItsLengthAndTheSystemsFamily(BsdAbi abi) {
        assertThat(translated(abi, 1, 106)).startsWith(106, 1).endsWith(7);
        assertThat(translated(abi, 2, 16)).startsWith(16, 2).endsWith(7);
        assertThat(translated(abi, 10, 28)).startsWith(28, abi == BsdAbi.MACOS ? 30 : 28).endsWith(7);
    }

    /** The first three bytes of an address of Linux's {@code family}, whose third is 7. */
    private static byte[] translated(BsdAbi abi, int family, int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SocketAbi.SOCKADDR_UN_BYTES, 8);
            address.set(JAVA_SHORT, 0, (short) family);
            address.set(JAVA_BYTE, 2, (byte) 7);
            new BsdAddresses(abi).intoOurs(address, length);
            byte[] first = address.asSlice(0, 3).toArray(JAVA_BYTE);
            new BsdAddresses(abi).intoLinux(address);
            assertThat(address.get(JAVA_SHORT, 0)).isEqualTo((short) family);
            return first;
        }
    }
}
