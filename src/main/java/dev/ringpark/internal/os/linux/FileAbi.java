package dev.ringpark.internal.os.linux;

/** File constants and layouts of Linux: asm-generic/fcntl.h, asm/fcntl.h, linux/fcntl.h, linux/stat.h. */
public final class FileAbi {
    private static final boolean IS_ARM = System.getProperty("os.arch", "").equals("aarch64");

    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_DSYNC = 0x1000;
    public static final int O_SYNC = 0x101000;
    public static final int O_CLOEXEC = 0x80000;
    /** asm/fcntl.h: arm64 has numbers of its own for these two. */
    public static final int O_DIRECT = IS_ARM ? 0x10000 : 0x4000;
    public static final int O_NOFOLLOW = IS_ARM ? 0x8000 : 0x20000;

    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_EMPTY_PATH = 0x1000;

    public static final int SEEK_SET = 0;
    public static final int SEEK_CUR = 1;

    /** asm-generic/unistd.h, and asm/unistd_64.h for x86-64. */
    public static final long SYS_PREADV2 = System.getProperty("os.arch", "").equals("amd64") ? 327 : 286;
    /** linux/fs.h: preadv2(2) shall not wait; since 4.14. */
    public static final int RWF_NOWAIT = 8;

    /** limits.h: a path name's bytes at most, with the NUL at its end. */
    public static final int PATH_MAX = 4096;

    /** rename(2): linux/fs.h. */
    public static final int RENAME_NOREPLACE = 1;

    /** struct statx, with a struct statx_timestamp for each time: s64 seconds @0, u32 nanoseconds @8. */
    public static final int STATX_BYTES = 256;
    public static final int STATX_STX_MASK = 0;
    public static final int STATX_STX_UID = 20;
    public static final int STATX_STX_GID = 24;
    public static final int STATX_STX_MODE = 28;
    public static final int STATX_STX_INO = 32;
    public static final int STATX_STX_SIZE = 40;
    public static final int STATX_STX_ATIME = 64;
    public static final int STATX_STX_BTIME = 80;
    public static final int STATX_STX_MTIME = 112;
    public static final int STATX_STX_DEV_MAJOR = 136;
    public static final int STATX_STX_DEV_MINOR = 140;
    public static final int STATX_TV_NSEC = 8;
    public static final int STATX_TYPE = 0x1;
    public static final int STATX_SIZE = 0x200;
    public static final int STATX_BASIC_STATS = 0x7FF;
    public static final int STATX_BTIME = 0x800;

    public static final int S_IFMT = 0xF000;
    public static final int S_IFIFO = 0x1000;
    public static final int S_IFDIR = 0x4000;
    public static final int S_IFREG = 0x8000;
    public static final int S_IFLNK = 0xA000;

    private FileAbi() {}
}
