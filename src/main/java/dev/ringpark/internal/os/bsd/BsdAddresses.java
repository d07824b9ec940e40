package dev.ringpark.internal.os.bsd;

import static dev.ringpark.internal.os.linux.SocketAbi.AF_INET6;
import static dev.ringpark.internal.os.linux.SocketAbi.AF_UNIX;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ringpark.internal.os.linux.SocketAbi;
import java.lang.foreign.MemorySegment;

/**
 * Addresses differ from Linux's in their first two bytes only, a length and a family where Linux has the family alone.
 * They are rewritten in place, and back.
 */
final class BsdAddresses {
    private final BsdAbi abi;

    BsdAddresses(BsdAbi abi) {
        this.abi = abi;
    }

    void intoOurs(MemorySegment address, int length) {
        int family = address.get(JAVA_SHORT_UNALIGNED, 0);
        address.set(JAVA_BYTE, 0, (byte) length);
        address.set(JAVA_BYTE, 1, (byte) (family == AF_INET6 ? abi.afInet6 : family));
    }

    void intoLinux(MemorySegment address) {
        int family = Byte.toUnsignedInt(address.get(JAVA_BYTE, 1));
        address.set(JAVA_SHORT_UNALIGNED, 0, (short) (family == abi.afInet6 ? AF_INET6 : family));
    }

    /**
     * What a call has named, if it went well; its {@code result}. A Unix socket without a name is told in one of
     * several lengths, and becomes what Linux tells: the family alone.
     */
    int named(int result, MemorySegment address, MemorySegment length) {
        if (result < 0) {
            return result;
        }
        int told = Math.min(length.get(JAVA_INT, 0), SocketAbi.SOCKADDR_UN_BYTES);
        if (told >= SocketAbi.SUN_PATH) {
            intoLinux(address);
        } else {
            address.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_UNIX);
        }
        boolean isNameless = address.get(JAVA_SHORT_UNALIGNED, 0) == AF_UNIX
                && (told <= SocketAbi.SUN_PATH || address.get(JAVA_BYTE, SocketAbi.SUN_PATH) == 0);
        length.set(JAVA_INT, 0, isNameless ? SocketAbi.SUN_PATH : told);
        return result;
    }
}
