package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import java.io.IOException;

/** Every kind of memory, over Unix sockets. */
class UnixMemoryContractTest extends MemoryContractTest {
    @Override
    Streams streams() throws IOException {
        return Streams.unix(loop);
    }

    @Override
    Foreign foreignOn(CarrierLoop owner) throws IOException {
        return Foreign.unix(owner);
    }
}
