package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.Eventually;
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
    private final AtomicInteger mailed = new AtomicInteger();   // without an error

    private void command() {
        begun.incrementAndGet();
        descend(DEPTH);
        done.incrementAndGet();
    }

    private static int descend(int frames) {
        return frames == 0 ? 0 : descend(frames - 1) + 1;
    }

    private void mail(LoopDoor door) {
        door.mail((Mailbox.Command) this::command);
        mailed.incrementAndGet();
    }

    @Test
    void noCommandForALoopThatHasLeftIsBegunWithTooLittleStackForIt() throws Exception {
        try (EngineRig rig = new EngineRig(false)) {
            rig.engine.stop();
            EngineRig.until(() -> !rig.thread.isAlive(), "ended");

            int refused = SmallStack.runEverFurtherUp(() -> mail(rig.door), CLOSE_BY, ENOUGH, () -> {
                mail(rig.door);
                Eventually.until(() -> done.get() == begun.get() && done.get() >= mailed.get(), "all ran to the end");
            });

            assertThat(refused).isPositive();
        }
    }
}
