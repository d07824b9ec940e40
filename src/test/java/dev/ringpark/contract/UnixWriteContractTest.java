package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import java.io.IOException;

/** Writing, over Unix sockets. */
class UnixWriteContractTest extends WriteContractTest {
    @Override
    Streams streams() throws IOException {
        return Streams.unix(loop);
    }

    @Override
    Foreign foreignOn(CarrierLoop owner) throws IOException {
        return Foreign.unix(owner);
    }
}
