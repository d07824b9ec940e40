package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.SmallStack;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes to a loop that has left: who brings it does it, and what others have brought. */
@Timeout(120)
class LoopDoorTest {
    private static final int CLOSE_BY = 512;   // steps up the stack, one by one
    private static final int ENOUGH = 5;
    private static final int DEPTH = 50;       // frames of a command

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();

    private void command() {
        begun.incrementAndGet();
        descend(DEPTH);
        done.incrementAndGet();
    }

    private static int descend(int frames) {
        return frames == 0 ? 0 : descend(frames - 1) + 1;
    }

    @Test
    void noCommandForALoopThatHasLeftIsBegunWithTooLittleStackForIt() throws Exception {
        try (EngineRig rig = new EngineRig(false)) {
            rig.engine.stop();
            EngineRig.until(() -> !rig.thread.isAlive(), "ended");

            int refused = SmallStack.runEverFurtherUp(() -> rig.door.mail((Mailbox.Command) this::command), CLOSE_BY,
                    ENOUGH, () -> {
                        rig.door.mail((Mailbox.Command) this::command);
                        assertThat(done).as("commands that came to their end").hasValue(begun.get());
                    });

            assertThat(refused).isPositive();
        }
    }
}
