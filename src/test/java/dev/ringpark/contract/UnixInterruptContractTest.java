package dev.ringpark.contract;

/** Interrupts, over Unix sockets. */
class UnixInterruptContractTest extends InterruptContractTest {
    @Override
    Family family() {
        return Family.UNIX;
    }
}
