package dev.ringpark.internal.agent;

import dev.ringpark.internal.jdk.NativeAccessSwitch;
import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code -javaagent:ringpark.jar} runs before the program: opens java.lang to the module that Ringpark is in, and
 * enables native access for it. It looks at no class that is loaded, and changes none.
 *
 * <p>There is no agentmain. Whether java.lang is open is looked up once, when the first loop starts; an agent that is
 * attached to a running JVM would come too late for that, mostly, and says nothing.
 */
public final class Agent {
    private Agent() {}

    /** For the JVM. There are no options. */
    public static void premain(@Nullable String options, Instrumentation instrumentation) {
        Module ours = Agent.class.getModule();
        instrumentation.redefineModule(Object.class.getModule(), Set.of(), Map.of(),
                Map.of("java.lang", Set.of(ours)), Set.of(), Map.of());
        NativeAccessSwitch.enable(ours);
    }
}
