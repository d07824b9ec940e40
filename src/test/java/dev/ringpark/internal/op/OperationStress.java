package dev.ringpark.internal.op;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** ASKED becomes DONE while the owner looks, and a twin. What runs these is {@code ProtocolsTest}. */
public final class OperationStress {
    private OperationStress() {}

    /** A step that takes its time: what a twin does in the wrong order, it does not do too quickly to be seen. */
    private static void pause() {
        for (int i = 0; i < 50; i++) {
            Thread.onSpinWait();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"0, 0, 0", "1, 7, 7"}, expect = ACCEPTABLE, desc = "not done yet, or done with all that came")
    @Outcome(expect = FORBIDDEN, desc = "done, and the bytes or their count came later")
    public static class LookAgainstCompletion {
        private final byte[] target = new byte[8];
        private final Operation operation = new Operation(new Descriptor() { });

        public LookAgainstCompletion() {
            operation.beginTransfer(Kind.READ, target, 0, 8, Moment.NONE);
        }

        @Actor
        public void loop() {
            target[7] = 7;
            operation.succeed(7);
            operation.finish();
        }

        @Actor
        public void owner(III_Result result) {
            if (operation.isDone()) {
                result.r1 = 1;
                result.r2 = operation.result();
                result.r3 = target[7];
                operation.reset();
            }
        }
    }

    /** Says that it is done before it is. */
    @JCStressTest
    @State
    @Outcome(id = {"0, 0, 0", "1, 7, 7"}, expect = ACCEPTABLE, desc = "not done yet, or done with all that came")
    @Outcome(expect = FORBIDDEN, desc = "done, and the bytes or their count came later")
    public static class LookAgainstCompletionTwinSaysSoFirst {
        private final byte[] target = new byte[8];
        private int count;
        private volatile boolean done;

        @Actor
        public void loop() {
            target[7] = 7;
            done = true;
            pause();
            count = 7;
        }

        @Actor
        public void owner(III_Result result) {
            if (done) {
                result.r1 = 1;
                result.r2 = count;
                result.r3 = target[7];
            }
        }
    }
}
