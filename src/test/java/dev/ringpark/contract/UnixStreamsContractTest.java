package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import java.io.IOException;

/** Streams, over Unix sockets. */
class UnixStreamsContractTest extends StreamsContractTest {
    @Override
    Streams streams() throws IOException {
        return Streams.unix(loop);
    }

    @Override
    Foreign foreignOn(CarrierLoop owner) throws IOException {
        return Foreign.unix(owner);
    }
}
