package dev.ringpark.contract;

/** Timeouts, over Unix sockets. */
class UnixTimeoutContractTest extends TimeoutContractTest {
    @Override
    Family family() {
        return Family.UNIX;
    }
}
