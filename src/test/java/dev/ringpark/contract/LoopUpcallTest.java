package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What holds for a thread that is pinned by a class initialiser holds for one with a native frame below, too. */
class LoopUpcallTest extends LoopPinnedTest {
    @Override
    <T> T pin(Callable<T> call) throws Exception {
        return LoopUpcall.make(call);
    }

    @Test
    void aComparatorOfTheCLibrarysReadsAndWritesItsSocket() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Running<Boolean> comparing = rig.start(() -> LoopUpcall.make(() -> {
            byte[] bytes = new byte[5];
            for (int round = 0; round < 20; round++) {
                assertThat(pair.near().in().readNBytes(bytes, 0, 5)).isEqualTo(5);
                pair.near().out().write(bytes);
            }
            return Thread.currentThread().isVirtual();
        }));

        for (int round = 0; round < 20; round++) {
            byte[] bytes = Sequence.bytes(5L * round, 5);
            pair.far().getOutputStream().write(bytes);
            assertThat(pair.far().getInputStream().readNBytes(5)).isEqualTo(bytes);
        }
        assertThat(comparing.await()).isTrue();
    }
}
