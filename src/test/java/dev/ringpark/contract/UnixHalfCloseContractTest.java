package dev.ringpark.contract;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The end of one direction, over Unix sockets. */
class UnixHalfCloseContractTest extends HalfCloseContractTest {
    @Override
    Family family() {
        return Family.UNIX;
    }

    // ---- not so here ----

    @Override
    @Test
    void aPeerThatResetsAfterTheShutdownEndsAParkedReadWithConnectionReset() {
        notSo("a peer resets only what it has not read");
    }

    @Override
    @Test
    void aConnectionThatWasResetMayBeShutDownAndStaysReset() {
        notSo("a peer resets only what it has not read");
    }

    @Override
    @Test
    void nothingIsReadAfterShutdownInputAndWritingGoesOn() {
        notSo("a shut input is the end of the peer's output");
    }

    private static void notSo(String reason) {
        Assumptions.abort("over Unix sockets " + reason);
    }
}
