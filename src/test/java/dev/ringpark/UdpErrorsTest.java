package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.op.DatagramLimit;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/** Whom "Message too long" blames: the system tells it of an earlier datagram, too, and to whoever calls next. */
class UdpErrorsTest {
    private final SocketException told = new SocketException("Message too long (EMSGSIZE, 90)");

    @Test
    void aShortDatagramIsNotBlamedForALongOneBeforeIt() {
        assertThat(UdpChannel.about(10, told)).isSameAs(told);
        assertThat(UdpChannel.about(DatagramLimit.NEVER_TOO_LONG, told)).isSameAs(told);
    }

    @Test
    void aLongOneIsNamedWithItsLength() {
        assertThat(UdpChannel.about(9_000, told)).hasMessage("Message too long (EMSGSIZE): 9000 bytes");
        SocketException other = new SocketException("Network is down");
        assertThat(UdpChannel.about(9_000, other)).isSameAs(other);
    }
}
