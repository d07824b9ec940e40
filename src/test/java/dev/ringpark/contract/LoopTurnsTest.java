package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Who waits for one side of a socket gets it in the order they came; who never stops does not starve the others. */
class LoopTurnsTest extends RiggedLoop {
    @Test
    void aReaderThatReadsAgainAtOnceDoesNotOvertakeTheOneThatWaits() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        LoopRig.Running<Void> greedy = rig.start(() -> {
            for (int i = 0; i < 20; i++) {
                pair.near().read(new byte[1], 0, 1);
                order.add("greedy");
            }
            return null;
        });
        LoopRig.awaitParkedInCall(greedy.thread());
        LoopRig.Running<Void> patient = rig.start(() -> {
            pair.near().read(new byte[1], 0, 1);
            order.add("patient");
            return null;
        });
        LoopRig.awaitParkedInCall(patient.thread());

        pair.far().getOutputStream().write(new byte[21]);

        greedy.await();
        patient.await();
        assertThat(order.indexOf("patient")).isEqualTo(1);
    }

    @Test
    void aWriterThatNeverStopsDoesNotStarveAnother() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch written = new CountDownLatch(3);
        Thread drain = drain(pair.far());
        LoopRig.Running<Void> endless = rig.start(() -> {
            while (!stop.get()) {
                pair.near().write(new byte[1000], 0, 1000);
                written.countDown();
            }
            return null;
        });
        written.await();

        LoopRig.Running<Integer> other = rig.start(() -> pair.near().write(new byte[1], 0, 1));

        assertThat(other.await()).isEqualTo(1);
        stop.set(true);
        endless.await();
        pair.near().close();
        LoopRig.join(drain);
    }

    private static Thread drain(Socket socket) {
        return LoopRig.startPlatform(() -> socket.getInputStream().skip(Long.MAX_VALUE)).thread();
    }
}
