package dev.ringpark.internal.os.linux;

import static dev.ringpark.internal.os.linux.SocketAbi.AF_INET;
import static dev.ringpark.internal.os.linux.SocketAbi.AF_INET6;
import static dev.ringpark.internal.os.linux.SocketAbi.AF_UNIX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import org.junit.jupiter.api.Test;

/** An address is written whole, or not at all. */
class SockAddrFamilyTest {
    private static final SocketAddress IPV4 = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1);
    private static final SocketAddress IPV6 = new InetSocketAddress(InetAddress.ofLiteral("::1"), 1);
    private static final SocketAddress NAME = InetSocketAddress.createUnresolved("localhost", 1);
    private static final SocketAddress PATH = UnixDomainSocketAddress.of("path");

    private final MemorySegment target = MemorySegment.ofArray(new byte[SockAddr.MAX_BYTES]);

    @Test
    void whatFitsIsReadBackAsItWas() {
        assertThat(throughMemory(IPV4, AF_INET)).isEqualTo(IPV4);
        assertThat(throughMemory(IPV4, AF_INET6)).isEqualTo(IPV4);
        assertThat(throughMemory(IPV6, AF_INET6)).isEqualTo(IPV6);
        assertThat(throughMemory(PATH, AF_UNIX)).isEqualTo(PATH);
    }

    private SocketAddress throughMemory(SocketAddress address, int family) {
        return SockAddr.decode(target.asSlice(0, SockAddr.encode(address, family, target)));
    }

    @Test
    void whatIsOfAnotherFamilyIsRefused() {
        assertRefused(IPV6, AF_INET);
        assertRefused(PATH, AF_INET);
        assertRefused(PATH, AF_INET6);
        assertRefused(IPV4, AF_UNIX);
        assertRefused(IPV6, AF_UNIX);
        assertRefused(NAME, AF_INET);
        assertRefused(NAME, AF_INET6);
    }

    private void assertRefused(SocketAddress address, int family) {
        assertThatThrownBy(() -> SockAddr.encode(address, family, target))
                .isInstanceOf(UnsupportedAddressTypeException.class);
    }
}
