package dev.ringpark.internal.os.bsd;

/** kevent(2) in numbers: sys/event.h of XNU, of FreeBSD 12 and later, and of libkqueue for Linux. */
public enum KeventAbi {
    MACOS(32, -10),
    FREEBSD(64, -11),
    /** A library that has kqueue over Linux's own descriptors. */
    LIBKQUEUE(32, -11);

    /** struct kevent, up to here alike: ident u64 @0, filter i16, flags u16, fflags u32, data i64, udata. */
    public static final int KEVENT_FILTER = 8;
    public static final int KEVENT_FLAGS = 10;
    public static final int KEVENT_FFLAGS = 12;
    public static final int KEVENT_DATA = 16;
    public static final int KEVENT_UDATA = 24;
    public static final int EVFILT_READ = -1;
    public static final int EVFILT_WRITE = -2;
    public static final int EV_ADD = 0x1;
    public static final int EV_DELETE = 0x2;
    public static final int EV_ONESHOT = 0x10;
    public static final int EV_CLEAR = 0x20;
    public static final int EV_ERROR = 0x4000;
    public static final int EV_EOF = 0x8000;
    public static final int NOTE_TRIGGER = 0x1000000;

    /** struct timespec: seconds i64 @0, nanoseconds i64 @8. */
    public static final int TIMESPEC_BYTES = 16;
    public static final int TV_NSEC = 8;

    private final int bytes;
    private final int evfiltUser;

    KeventAbi(int bytes, int evfiltUser) {
        this.bytes = bytes;
        this.evfiltUser = evfiltUser;
    }

    /** The size of a struct kevent. */
    public int bytes() {
        return bytes;
    }

    public int evfiltUser() {
        return evfiltUser;
    }
}
