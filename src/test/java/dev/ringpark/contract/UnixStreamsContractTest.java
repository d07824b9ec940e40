package dev.ringpark.contract;

/** Streams, over Unix sockets. */
class UnixStreamsContractTest extends StreamsContractTest {
    @Override
    Family family() {
        return Family.UNIX;
    }
}
