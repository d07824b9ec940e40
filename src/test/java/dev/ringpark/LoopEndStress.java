package dev.ringpark;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Mail comes while the loop ends, and a twin. What runs these is {@code ProtocolsTest}. */
public final class LoopEndStress {
    private LoopEndStress() {}

    /** A step that takes its time: what a twin does in the wrong order, it does not do too quickly to be seen. */
    private static void pause() {
        for (int i = 0; i < 50; i++) {
            Thread.onSpinWait();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the mail is taken in, by the loop or by its sender")
    @Outcome(expect = FORBIDDEN, desc = "it lies there for good")
    public static class MailAgainstTheEnd {
        private static final LoopOptions OPTIONS = LoopOptions.defaults().withStallAfter(Duration.ZERO);

        private final Operation close = new Operation(new ScriptedBackend.Socket());
        private volatile @Nullable LoopEngine engine;

        @Actor
        public void loop() {
            try {
                LoopEngine made = new LoopEngine(ScriptedBackend::new, true, OPTIONS, new Counters());
                made.stop();
                engine = made;
                made.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Actor
        public void sender() {
            close.beginClose();
            LoopEngine known = engine;
            while (known == null) {
                Thread.onSpinWait();
                known = engine;
            }
            while (!((ScriptedBackend) known.backend()).closed) {   // from here on nobody delivers
                Thread.onSpinWait();
            }
            known.door().submitAll(List.of(close));
        }

        @Arbiter
        public void afterwards(I_Result result) {
            result.r1 = close.isDone() ? 1 : 0;
        }
    }

    /** Empties its mailbox, and then says that it has left. */
    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the mail is taken in, by the loop or by its sender")
    @Outcome(expect = FORBIDDEN, desc = "it lies there for good")
    public static class MailAgainstTheEndTwinLooksFirst {
        private final Mailbox mailbox = new Mailbox(handle -> { });
        private volatile boolean exited;
        private int taken;

        @Actor
        public void loop() {
            mailbox.forward();
            pause();
            exited = true;
        }

        @Actor
        public void sender() {
            mailbox.add((Mailbox.Command) () -> taken++);
            if (exited) {
                mailbox.forward();
            }
        }

        @Arbiter
        public void afterwards(I_Result result) {
            result.r1 = taken;
        }
    }
}
