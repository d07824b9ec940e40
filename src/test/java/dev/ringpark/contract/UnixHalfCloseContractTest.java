package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import java.io.IOException;

/** The end of one direction, over Unix sockets. */
class UnixHalfCloseContractTest extends HalfCloseContractTest {
    @Override
    Streams streams() throws IOException {
        return Streams.unix(loop);
    }

    @Override
    Foreign foreignOn(CarrierLoop owner) throws IOException {
        return Foreign.unix(owner);
    }

    // ---- not so here: a peer resets only what it has not read, and a shut input is the end of the peer's output ----

    @Override
    void aPeerThatResetsAfterTheShutdownEndsAParkedReadWithConnectionReset() {}

    @Override
    void aConnectionThatWasResetMayBeShutDownAndStaysReset() {}

    @Override
    void nothingIsReadAfterShutdownInputAndWritingGoesOn() {}
}
