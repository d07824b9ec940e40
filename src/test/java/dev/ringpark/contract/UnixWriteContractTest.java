package dev.ringpark.contract;

/** Writing, over Unix sockets. */
class UnixWriteContractTest extends WriteContractTest {
    @Override
    Family family() {
        return Family.UNIX;
    }
}
