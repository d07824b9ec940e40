package dev.ringpark.internal.backend.uring;

import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Who refuses a ring, and the cure. One errno has several reasons, so what the kernel tells of its switch and of this
 * process is asked. What no other backend could cure is no refusal but an error.
 */
final class Refusals {
    private static final Path SWITCH = Path.of("/proc/sys/kernel/io_uring_disabled");   // since 6.6
    private static final Path GROUP = Path.of("/proc/sys/kernel/io_uring_group");

    private Refusals() {}

    /** The set-up was answered with EPERM: by the switch, if it is on for this process, or else by others. */
    static BackendUnavailableException notPermitted() {
        String value = Privileges.read(SWITCH);
        return isSwitchedOff(value, Privileges.read(GROUP), Privileges.own())
                ? new BackendUnavailableException("io_uring_setup: EPERM: the sysctl kernel.io_uring_disabled is "
                        + value
                        + (value.equals("1") ? " and this process neither root's nor of kernel.io_uring_group" : "")
                        + " (0 allows it)")
                : filtered(Errno.EPERM);
    }

    /** Whether {@code value} of the switch forbids rings to a process with {@code privileges}. */
    static boolean isSwitchedOff(String value, String group, Privileges privileges) {
        return switch (value) {
            case "1" -> !privileges.has(Privileges.CAP_SYS_ADMIN) && !privileges.isIn(group);
            case "2" -> true;
            default -> false;
        };
    }

    /** The set-up was answered with {@code errno}, and not by the switch. */
    static BackendUnavailableException filtered(Errno errno) {
        return new BackendUnavailableException("io_uring_setup: " + errno + ": refused by a seccomp filter or security "
                + "module (Docker's default profile does: allow calls 425 to 427)");
    }

    /** {@code call}, whose number that is, was answered so where the set-up had been allowed. */
    static IOException ofUse(String call, long number, int result) {
        String answer = call + ": " + Ring.describe(result) + ": the ring could be made but not used";
        return switch (LinuxErrno.of(-result)) {
            case EPERM, EACCES, ENOSYS -> new BackendUnavailableException(
                    answer + "; a seccomp filter refuses call " + number + " (allow it)");
            case ENOMEM -> outOfMemory(call);
            default -> new BackendUnavailableException(answer);
        };
    }

    /** There was no memory for {@code call}. */
    static IOException outOfMemory(String call) {
        return outOfMemory(call, Privileges.own());
    }

    /** Where locked memory has no limit there is too little of what epoll needs, too. */
    static IOException outOfMemory(String call, Privileges privileges) {
        return privileges.mayLockAllMemory()
                ? new IOException(call + ": ENOMEM: the system is out of memory")
                : new BackendUnavailableException(call + ": ENOMEM: the limit of locked memory is too small for the "
                        + "queues (raise it: ulimit -l, LimitMEMLOCK), or use smaller ones");
    }
}
