package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.op.Handle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The list of what is open. */
@Timeout(120)
class OpenSocketsTest {
    /** No channel, and so no class of one to be told: in place of memory that cannot be had. */
    @Test
    void whatCannotBeNotedIsClosed() throws Exception {
        try (EngineRig rig = new EngineRig(false)) {
            OpenSockets sockets = new OpenSockets(rig.door, rig.parking, true);
            Handle handle = rig.socket();

            assertThatThrownBy(() -> sockets.add(null, handle)).isInstanceOf(NullPointerException.class);

            assertThat(handle.isClosed()).isTrue();
        }
    }

    @Test
    void whatIsClosedAfterTheLoopHasForgottenItBringsNoOtherBack() throws Exception {
        try (EngineRig rig = new EngineRig(false)) {
            OpenSockets sockets = new OpenSockets(rig.door, rig.parking, false);
            OpenSockets.Entry first = sockets.add(new Object(), rig.socket());
            Handle between = rig.socket();
            OpenSockets.Entry second = sockets.add(new Object(), between);
            sockets.add(new Object(), rig.socket());
            assertThat(sockets.pending()).extracting(PendingOperation::kind).containsOnly("close").hasSize(3);

            sockets.clear();
            sockets.close(first);

            assertThat(sockets.pending()).isEmpty();
            sockets.close(second);
            assertThat(between.isClosed()).isTrue();
            assertThat(sockets.beginCloses()).isEqualTo(List.of());
        }
    }
}
