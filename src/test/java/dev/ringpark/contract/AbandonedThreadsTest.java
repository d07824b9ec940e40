package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A parked virtual thread that nobody has survives the collector, its socket with it, and goes on. */
class AbandonedThreadsTest {
    /** By default the JDK knows every virtual thread, and so keeps it; compiled code forgets what it needs no more. */
    @ParameterizedTest
    @EnumSource(Flavor.class)
    void threadsAndSocketsThatNobodyHasOutliveTheCollectorWhileTheyWait(Flavor flavor) throws Exception {
        flavor.start().close();   // or the test is skipped

        Finished run = Jvm.withFullAccess().and("-Djdk.trackAllThreads=false").and(flavor.flags())
                .and("-Xcomp", "-XX:CompileCommand=quiet", "-XX:CompileCommand=compileonly,dev.ringpark.*::*")
                .with(Abandoned.class, CarrierLoop.class).run();

        assertThat(run.out().lines()).as("what the program said: %s", run).containsExactly("of 250 went on: 250");
    }
}
