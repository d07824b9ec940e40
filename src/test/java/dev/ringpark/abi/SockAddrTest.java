package dev.ringpark.abi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.os.AbstractName;
import dev.ringpark.internal.os.linux.SockAddr;
import dev.ringpark.internal.os.linux.SocketAbi;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses as our code writes them, against the places that the headers give their parts. */
class SockAddrTest {
    private static final int PORT = 0x1234;
    private static final int SCOPE = 7;

    @TempDir
    private static Path folder;

    private static Headers headers;

    @BeforeAll
    static void findTheHeaders() throws Exception {
        headers = new Headers(folder);
    }

    @Test
    void anIpv4AddressStandsWhereTheHeadersSay() throws Exception {
        InetAddress ip = InetAddress.getByAddress(new byte[] {1, 2, 3, 4});
        List<Long> at = offsets("sockaddr_in", "sin_family", "sin_port", "sin_addr");
        ByteBuffer expected = ByteBuffer.allocate(SocketAbi.SOCKADDR_IN_BYTES);
        put(expected, at, SocketAbi.AF_INET, ip);

        assertThat(encoded(ip, SocketAbi.AF_INET)).isEqualTo(expected.array());
    }

    @Test
    void anIpv6AddressStandsWhereTheHeadersSay() throws Exception {
        byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        InetAddress ip = Inet6Address.getByAddress(null, bytes, SCOPE);
        List<Long> at = offsets("sockaddr_in6", "sin6_family", "sin6_port", "sin6_addr", "sin6_scope_id");
        ByteBuffer expected = ByteBuffer.allocate(SocketAbi.SOCKADDR_IN6_BYTES);
        put(expected, at, SocketAbi.AF_INET6, ip);
        expected.order(ByteOrder.nativeOrder()).putInt(at.get(3).intValue(), SCOPE);

        assertThat(encoded(ip, SocketAbi.AF_INET6)).isEqualTo(expected.array());
    }

    @Test
    void aPathAndAnAbstractNameStandWhereTheHeadersSay() throws Exception {
        List<Long> at = offsets("sockaddr_un", "sun_family", "sun_path");
        ByteBuffer path = ByteBuffer.allocate(at.get(1).intValue() + 3).order(ByteOrder.nativeOrder());
        path.putShort(at.get(0).intValue(), (short) SocketAbi.AF_UNIX);
        ByteBuffer name = ByteBuffer.allocate(path.capacity()).put(path.duplicate()).order(ByteOrder.nativeOrder());
        path.put(at.get(1).intValue(), new byte[] {'/', 'a', 0});
        name.put(at.get(1).intValue(), new byte[] {0, '/', 'a'});

        assertThat(encoded(UnixDomainSocketAddress.of("/a"), SocketAbi.AF_UNIX)).isEqualTo(path.array());
        assertThat(encoded(new AbstractName("/a".getBytes(StandardCharsets.US_ASCII)), SocketAbi.AF_UNIX))
                .isEqualTo(name.array());
    }

    @Test
    void whatTheKernelWritesForAUnixSocketIsReadAsItIs() {
        byte[] full = new byte[SocketAbi.SOCKADDR_UN_BYTES];
        Arrays.fill(full, SocketAbi.SUN_PATH, full.length, (byte) 'x');
        MemorySegment.ofArray(full).set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) SocketAbi.AF_UNIX);

        assertThat(SockAddr.decode(MemorySegment.ofArray(full))).as("a path without a NUL")
                .isEqualTo(UnixDomainSocketAddress.of("x".repeat(SocketAbi.SUN_PATH_BYTES)));
        assertThat(SockAddr.decode(MemorySegment.ofArray(full).asSlice(0, SocketAbi.SUN_PATH))).as("no name")
                .isEqualTo(UnixDomainSocketAddress.of(""));
        full[SocketAbi.SUN_PATH] = 0;
        assertThat(SockAddr.decode(MemorySegment.ofArray(full).asSlice(0, SocketAbi.SUN_PATH + 3)))
                .as("an abstract name").isEqualTo(new AbstractName(new byte[] {'x', 'x'}));
    }

    private static void put(ByteBuffer target, List<Long> at, int family, InetAddress ip) {
        target.order(ByteOrder.nativeOrder()).putShort(at.get(0).intValue(), (short) family);
        target.order(ByteOrder.BIG_ENDIAN).putShort(at.get(1).intValue(), (short) PORT);
        target.put(at.get(2).intValue(), ip.getAddress());
    }

    private static byte[] encoded(InetAddress ip, int family) {
        return encoded(new InetSocketAddress(ip, PORT), family);
    }

    private static byte[] encoded(SocketAddress address, int family) {
        MemorySegment target = MemorySegment.ofArray(new byte[SockAddr.MAX_BYTES]);
        int length = SockAddr.encode(address, family, target);
        return target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static List<Long> offsets(String struct, String... fields) throws Exception {
        return headers.numbers(List.of(fields).stream()
                .map(field -> "offsetof(struct " + struct + ", " + field + ")").toList());
    }
}
