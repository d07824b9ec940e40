package dev.ringpark.contract;

/** Reads and writes that do not wait, over Unix sockets. */
class UnixAtOnceContractTest extends AtOnceContractTest {
    @Override
    Family family() {
        return Family.UNIX;
    }
}
