package dev.ringpark.internal.backend.uring;

/**
 * Numbers and layouts of io_uring: include/uapi/linux/io_uring.h; system call numbers: asm-generic/unistd.h, the same
 * on every architecture that is known here. "Since" is the kernel that brought the fact.
 */
final class IoUringAbi {
    static final long SYS_IO_URING_SETUP = 425;
    static final long SYS_IO_URING_ENTER = 426;
    static final long SYS_IO_URING_REGISTER = 427;

    /** struct io_uring_params: sq_entries @0, cq_entries @4, flags @8, features @20, sq_off @40, cq_off @80. */
    static final int PARAMS_BYTES = 120;
    static final int PARAMS_SQ_ENTRIES = 0;
    static final int PARAMS_CQ_ENTRIES = 4;
    static final int PARAMS_FLAGS = 8;
    static final int PARAMS_FEATURES = 20;
    static final int PARAMS_SQ_OFF = 40;
    static final int PARAMS_CQ_OFF = 80;

    /** struct io_sqring_offsets, u32 each. */
    static final int SQ_OFF_HEAD = 0;
    static final int SQ_OFF_TAIL = 4;
    static final int SQ_OFF_FLAGS = 16;
    static final int SQ_OFF_ARRAY = 24;

    /** struct io_cqring_offsets, u32 each. */
    static final int CQ_OFF_HEAD = 0;
    static final int CQ_OFF_TAIL = 4;
    static final int CQ_OFF_CQES = 20;

    /** mmap(2) offsets. */
    static final long IORING_OFF_SQ_RING = 0;
    static final long IORING_OFF_SQES = 0x10000000L;

    static final int IORING_SETUP_CQSIZE = 1 << 3;           // since 5.5
    static final int IORING_SETUP_CLAMP = 1 << 4;            // since 5.6
    static final int IORING_SETUP_SUBMIT_ALL = 1 << 7;       // since 5.18
    static final int IORING_SETUP_COOP_TASKRUN = 1 << 8;     // since 5.19
    static final int IORING_SETUP_TASKRUN_FLAG = 1 << 9;     // since 5.19
    static final int IORING_SETUP_SINGLE_ISSUER = 1 << 12;   // since 6.0
    static final int IORING_SETUP_DEFER_TASKRUN = 1 << 13;   // since 6.1
    static final int IORING_SETUP_NO_SQARRAY = 1 << 16;      // since 6.6

    static final int IORING_FEAT_SINGLE_MMAP = 1 << 0;       // since 5.4
    static final int IORING_FEAT_NODROP = 1 << 1;            // since 5.5
    static final int IORING_FEAT_SUBMIT_STABLE = 1 << 2;     // since 5.5
    static final int IORING_FEAT_FAST_POLL = 1 << 5;         // since 5.7
    static final int IORING_FEAT_EXT_ARG = 1 << 8;           // since 5.11
    static final int IORING_FEAT_NO_IOWAIT = 1 << 17;        // since 6.15

    static final int IORING_SQ_CQ_OVERFLOW = 1 << 1;         // since 5.8
    static final int IORING_SQ_TASKRUN = 1 << 2;             // since 5.19

    static final int IORING_ENTER_GETEVENTS = 1 << 0;
    static final int IORING_ENTER_EXT_ARG = 1 << 3;          // since 5.11
    static final int IORING_ENTER_REGISTERED_RING = 1 << 4;  // since 5.18
    static final int IORING_ENTER_NO_IOWAIT = 1 << 7;        // since 6.15

    /** struct io_uring_sqe: opcode u8 @0, flags u8 @1, ioprio u16 @2, fd s32 @4. */
    static final int SQE_BYTES = 64;
    static final int SQE_HEAD = 0;
    static final int SQE_OFF = 8;                            // also addr2
    static final int SQE_ADDR = 16;
    static final int SQE_LEN = 24;                           // u32, then the operation's own flags u32 @28
    static final int SQE_USER_DATA = 32;
    static final int SQE_BUF_GROUP = 40;                     // u16, then personality u16 and file_index u32
    static final int SQE_ADDR3 = 48;
    static final int SQE_PAD = 56;

    static final int IOSQE_ASYNC = 1 << 4;                   // since 5.6
    static final int IOSQE_BUFFER_SELECT = 1 << 5;           // since 5.7

    /** struct io_uring_cqe: user_data u64 @0, res s32 @8, flags u32 @12. */
    static final int CQE_BYTES = 16;
    static final int CQE_USER_DATA = 0;
    static final int CQE_RES = 8;
    static final int CQE_FLAGS = 12;

    static final int IORING_CQE_F_BUFFER = 1 << 0;           // since 5.7
    static final int IORING_CQE_BUFFER_SHIFT = 16;

    /** enum io_uring_op. */
    static final int IORING_OP_NOP = 0;
    static final int IORING_OP_FSYNC = 3;
    static final int IORING_OP_POLL_ADD = 6;
    static final int IORING_OP_SENDMSG = 9;                  // since 5.3
    static final int IORING_OP_RECVMSG = 10;                 // since 5.3
    static final int IORING_OP_ACCEPT = 13;                  // since 5.5
    static final int IORING_OP_ASYNC_CANCEL = 14;            // since 5.5
    static final int IORING_OP_CONNECT = 16;                 // since 5.5
    static final int IORING_OP_FALLOCATE = 17;               // since 5.6
    static final int IORING_OP_OPENAT = 18;                  // since 5.6
    static final int IORING_OP_CLOSE = 19;                   // since 5.6
    static final int IORING_OP_STATX = 21;                   // since 5.6
    static final int IORING_OP_READ = 22;                    // since 5.6
    static final int IORING_OP_WRITE = 23;                   // since 5.6
    static final int IORING_OP_SEND = 26;                    // since 5.6
    static final int IORING_OP_RECV = 27;                    // since 5.6
    static final int IORING_OP_RENAMEAT = 35;                // since 5.11
    static final int IORING_OP_UNLINKAT = 36;                // since 5.11
    static final int IORING_OP_MKDIRAT = 37;                 // since 5.15
    static final int IORING_OP_FTRUNCATE = 55;               // since 6.9

    static final int IORING_FSYNC_DATASYNC = 1 << 0;

    static final int IORING_REGISTER_PROBE = 8;              // since 5.6
    static final int IORING_REGISTER_IOWQ_MAX_WORKERS = 19;  // since 5.15
    static final int IORING_REGISTER_RING_FDS = 20;          // since 5.18
    static final int IORING_UNREGISTER_RING_FDS = 21;        // since 5.18
    static final int IORING_REGISTER_PBUF_RING = 22;         // since 5.19

    /** struct io_uring_probe: 16 bytes, then 256 of {u8 op; u8 resv; u16 flags; u32 resv2}. */
    static final int PROBE_HEADER_BYTES = 16;
    static final int PROBE_OP_BYTES = 8;
    static final int PROBE_OP_FLAGS = 2;
    static final int PROBE_OPS = 256;
    static final int IO_URING_OP_SUPPORTED = 1 << 0;

    /** struct io_uring_rsrc_update: offset u32 @0, resv u32, data u64 @8. */
    static final int RSRC_UPDATE_BYTES = 16;
    static final int RSRC_UPDATE_DATA = 8;

    /** struct io_uring_buf_reg: ring_addr u64 @0, ring_entries u32 @8, bgid u16 @12; 40 bytes. */
    static final int BUF_REG_BYTES = 40;
    static final int BUF_REG_ENTRIES = 8;
    static final int BUF_REG_BGID = 12;

    /** struct io_uring_buf: addr u64 @0, len u32 @8, bid u16 @12; the ring's tail u16 overlays the first one's @14. */
    static final int BUF_BYTES = 16;
    static final int BUF_LEN = 8;
    static final int BUF_BID = 12;
    static final int BUF_RING_TAIL = 14;

    /** struct io_uring_getevents_arg: sigmask u64 @0, sigmask_sz u32 @8, min_wait_usec u32 @12, ts u64 @16. */
    static final int GETEVENTS_ARG_BYTES = 24;
    static final int GETEVENTS_ARG_TS = 16;
    /** struct __kernel_timespec: tv_sec s64 @0, tv_nsec s64 @8. */
    static final int TIMESPEC_BYTES = 16;
    static final int TIMESPEC_NSEC = 8;

    /** poll(2) bits, as poll32_events takes them on little-endian machines. */
    static final int POLLIN = 1;
    static final int POLLOUT = 4;

    /** mmap(2): PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE. */
    static final int PROT_READ_WRITE = 3;
    static final int MAP_SHARED_POPULATE = 0x8001;
    static final int MAP_PRIVATE_ANONYMOUS = 0x4022;

    static final int EFD_CLOEXEC = 0x80000;

    private IoUringAbi() {}
}
