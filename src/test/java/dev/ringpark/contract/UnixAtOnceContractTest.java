package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import java.io.IOException;

/** Reads and writes that do not wait, over Unix sockets. */
class UnixAtOnceContractTest extends AtOnceContractTest {
    @Override
    Streams streams() throws IOException {
        return Streams.unix(loop);
    }

    @Override
    Foreign foreignOn(CarrierLoop owner) throws IOException {
        return Foreign.unix(owner);
    }
}
