package dev.ringpark.contract;

/** Reading, over Unix sockets. */
class UnixReadContractTest extends ReadContractTest {
    @Override
    Family family() {
        return Family.UNIX;
    }
}
