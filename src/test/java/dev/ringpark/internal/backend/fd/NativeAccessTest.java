package dev.ringpark.internal.backend.fd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.os.NativeCall;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** What the JVM denies is tested where it can be told to; this is what else may stand in the way. */
class NativeAccessTest {
    /** Calls of a library that does not have them all. */
    private static final class Incomplete {
        private static final MemorySegment CALL =
                NativeCall.symbol(Linker.nativeLinker().defaultLookup(), "no_such_call");

        private static void bindAll() {
            assertThat(CALL).isNotNull();
        }
    }

    private static final class Forbidden {
        private static final Object CALL = refused();

        private static Object refused() {
            throw new IllegalCallerException("Illegal native access");
        }

        private static void bindAll() {
            assertThat(CALL).isNotNull();
        }
    }

    @Test
    void aCallThatTheLibraryLacksIsNamedAndTheJvmNotBlamedTheSecondTimeToo() {
        for (int i = 0; i < 2; i++) {
            assertThat(NativeAccess.refusal(Incomplete::bindAll))
                    .contains("the C library has no no_such_call").doesNotContain("--enable-native-access");
        }
    }

    @Test
    void aJvmThatForbidsItIsBlamedTheSecondTimeToo() {
        for (int i = 0; i < 2; i++) {
            assertThat(NativeAccess.refusal(Forbidden::bindAll))
                    .startsWith("the JVM does not let Ringpark call the system").contains("--enable-native-access=");
        }
    }

    @Test
    void nothingIsSaidWhereNothingIsInTheWay() {
        assertThat(NativeAccess.refusal(() -> { })).isNull();
    }
}
