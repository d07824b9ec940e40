package dev.ringpark.contract;

/** The end of one direction, over Unix sockets. */
class UnixHalfCloseContractTest extends HalfCloseContractTest {
    @Override
    Family family() {
        return Family.UNIX;
    }

    // ---- not so here: a peer resets only what it has not read, and a shut input is the end of the peer's output ----

    @Override
    void aPeerThatResetsAfterTheShutdownEndsAParkedReadWithConnectionReset() {}

    @Override
    void aConnectionThatWasResetMayBeShutDownAndStaysReset() {}

    @Override
    void nothingIsReadAfterShutdownInputAndWritingGoesOn() {}
}
