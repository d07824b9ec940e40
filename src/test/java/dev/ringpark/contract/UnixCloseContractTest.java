package dev.ringpark.contract;

/** Closing, over Unix sockets. */
class UnixCloseContractTest extends CloseContractTest {
    @Override
    Family family() {
        return Family.UNIX;
    }
}
