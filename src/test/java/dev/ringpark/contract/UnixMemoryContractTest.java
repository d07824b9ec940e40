package dev.ringpark.contract;

/** Every kind of memory, over Unix sockets. */
class UnixMemoryContractTest extends MemoryContractTest {
    @Override
    Family family() {
        return Family.UNIX;
    }
}
