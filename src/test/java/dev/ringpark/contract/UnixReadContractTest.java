package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import java.io.IOException;

/** Reading, over Unix sockets. */
class UnixReadContractTest extends ReadContractTest {
    @Override
    Streams streams() throws IOException {
        return Streams.unix(loop);
    }

    @Override
    Foreign foreignOn(CarrierLoop owner) throws IOException {
        return Foreign.unix(owner);
    }
}
