package dev.ringpark.internal.backend.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.backend.BackendUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conditions that are those of a whole machine, or of another one. */
class RefusalsTest {
    private static final String WHOLE_SYSTEM = "         0          0 4294967295";
    private static final String NAMESPACE = "         0       1000          1";

    private static final String LIMIT = """
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             unlimited            unlimited            processes
            Max locked memory         8388608              unlimited            bytes
            """;

    private static Privileges privileges(String effective, String uidMap) {
        return privileges(effective, uidMap, LIMIT);
    }

    private static Privileges privileges(String effective, String uidMap, String limits) {
        return new Privileges("Name:\tjava\nGid:\t65534\t65534\t65534\t65534\nGroups:\t7 1007 \nCapEff:\t" + effective
                + "\nSeccomp:\t0\n", uidMap, limits);
    }

    @ParameterizedTest(name = "{0}, group {1}, privileges {2}")
    @CsvSource({
        "0,  -1,    0000000000000000, false",
        "'', '',    0000000000000000, false",   // a kernel older than the switch
        "1,  -1,    0000000000000000, true",
        "1,  -1,    0000000000200000, false",
        "1,  -1,    00000000ffdfffff, true",    // all but the one that counts
        "1,  1007,  0000000000000000, false",
        "1,  65534, 0000000000000000, false",
        "1,  100,   0000000000000000, true",
        "2,  1007,  000001ffffffffff, true",
    })
    void theSwitchIsTheReasonWhereItIsOnForThisProcess(String value, String group, String effective, boolean isOff) {
        assertThat(Refusals.isSwitchedOff(value, group, privileges(effective, WHOLE_SYSTEM))).isEqualTo(isOff);
    }

    @Test
    void theRootOfANamespaceHasNoPrivilegeOverTheSystem() {
        assertThat(privileges("000001ffffffffff", WHOLE_SYSTEM).has(Privileges.CAP_IPC_LOCK)).isTrue();
        assertThat(privileges("000001ffffffffff", "").has(Privileges.CAP_IPC_LOCK)).as("no namespaces").isTrue();
        assertThat(privileges("000001ffffffffff", NAMESPACE).has(Privileges.CAP_IPC_LOCK)).isFalse();
    }

    @Test
    void lockedMemoryIsTheReasonForAllButThePrivileged() {
        assertThat(Refusals.outOfMemory("call", privileges("0000000000000000", WHOLE_SYSTEM)))
                .isInstanceOf(BackendUnavailableException.class).hasMessageContaining("ulimit -l");
        assertThat(Refusals.outOfMemory("call", new Privileges("", "", "")))
                .isInstanceOf(BackendUnavailableException.class);
        assertThat(Refusals.outOfMemory("call", privileges("0000000000004000", WHOLE_SYSTEM)))
                .isNotInstanceOf(BackendUnavailableException.class).hasMessageContaining("out of memory");
    }

    @Test
    void lockedMemoryIsNotTheReasonWhereItHasNoLimit() {
        String unlimited = LIMIT.replace("8388608  ", "unlimited");

        assertThat(Refusals.outOfMemory("call", privileges("0000000000000000", WHOLE_SYSTEM, unlimited)))
                .isNotInstanceOf(BackendUnavailableException.class).hasMessageContaining("out of memory");
    }

    @Test
    void aNopThatIsAnsweredWithAnErrorIsAReasonForAnotherBackend() {
        assertThatCode(() -> RingSetup.requireDone(0)).doesNotThrowAnyException();
        assertThatThrownBy(() -> RingSetup.requireDone(-22)).isInstanceOf(BackendUnavailableException.class)
                .hasMessageStartingWith("a NOP through the ring was answered with -22");
    }
}
