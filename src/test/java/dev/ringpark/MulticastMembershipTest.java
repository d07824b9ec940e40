package dev.ringpark;

import static dev.ringpark.internal.os.linux.SocketAbi.AF_INET;
import static dev.ringpark.internal.os.linux.SocketAbi.GROUP_REQ_BYTES;
import static dev.ringpark.internal.os.linux.SocketAbi.GR_GROUP;
import static dev.ringpark.internal.os.linux.SocketAbi.IPPROTO_IP;
import static dev.ringpark.internal.os.linux.SocketAbi.MCAST_JOIN_GROUP;
import static dev.ringpark.internal.os.linux.SocketAbi.MCAST_LEAVE_GROUP;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.backend.fd.FdHandle;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.SockAddr;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A membership that the system knows nothing of, when it is to be dropped. */
class MulticastMembershipTest {
    private static final InetAddress GROUP = InetAddress.ofLiteral("239.3.2.1");

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLeaveThatTheSystemRefusesCanBeTriedAgain() throws Exception {
        NetworkInterface via = NetworkInterface.getByInetAddress(InetAddress.ofLiteral("127.0.0.1"));
        try (CarrierLoop loop = CarrierLoop.start(LoopOptions.defaults().withName("groups").withBackend("epoll"));
                UdpSocket socket = UdpSocket.open(loop, StandardProtocolFamily.INET)) {
            MulticastMembership membership = socket.join(GROUP, via);
            ask(socket, MCAST_LEAVE_GROUP, via);
            assertThatThrownBy(membership::drop).isInstanceOf(SocketException.class);
            assertThat(membership.isValid()).isTrue();
            assertThatThrownBy(() -> socket.join(GROUP, via)).isInstanceOf(IllegalStateException.class);
            ask(socket, MCAST_JOIN_GROUP, via);
            membership.drop();
            membership.drop();
            assertThat(membership.isValid()).isFalse();

            assertThat(socket.join(GROUP, via).isValid()).isTrue();
        }
    }

    /** Behind its back. */
    private static void ask(UdpSocket socket, int option, NetworkInterface via) throws IOException {
        int result = socket.plain(open -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment request = arena.allocate(GROUP_REQ_BYTES, 8);
                request.set(JAVA_INT, 0, via.getIndex());
                SockAddr.encode(new InetSocketAddress(GROUP, 0), AF_INET, request.asSlice(GR_GROUP));
                return Libc.setsockopt(((FdHandle) open).fd(), IPPROTO_IP, option, request);
            }
        });
        assertThat(result).isZero();
    }
}
