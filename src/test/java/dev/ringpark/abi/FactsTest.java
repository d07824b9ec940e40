package dev.ringpark.abi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.os.linux.FileAbi;
import dev.ringpark.internal.os.linux.LinuxErrno;
import dev.ringpark.internal.os.linux.ReadinessAbi;
import dev.ringpark.internal.os.linux.SocketAbi;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each constant, size and offset against the headers. A fact without an entry in a table here is C's own name. */
class FactsTest {
    private record Version(int major, int minor) {
        @Override
        public String toString() {
            return major + "." + minor;
        }
    }

    /** Every fact is in the headers of this Linux or later, these apart. */
    private static final Version OLDEST = new Version(6, 1);
    private static final Map<String, Version> NEWER = Map.of(
            "IORING_SETUP_NO_SQARRAY", new Version(6, 6),
            "IORING_OP_FTRUNCATE", new Version(6, 9),
            "IORING_FEAT_NO_IOWAIT", new Version(6, 15),
            "IORING_ENTER_NO_IOWAIT", new Version(6, 15));

    private static final Map<String, String> URING_IN_C = table("""
            SYS_IO_URING_SETUP      SYS_io_uring_setup
            SYS_IO_URING_ENTER      SYS_io_uring_enter
            SYS_IO_URING_REGISTER   SYS_io_uring_register
            PARAMS_BYTES            sizeof(struct io_uring_params)
            PARAMS_SQ_ENTRIES       offsetof(struct io_uring_params, sq_entries)
            PARAMS_CQ_ENTRIES       offsetof(struct io_uring_params, cq_entries)
            PARAMS_FLAGS            offsetof(struct io_uring_params, flags)
            PARAMS_FEATURES         offsetof(struct io_uring_params, features)
            PARAMS_SQ_OFF           offsetof(struct io_uring_params, sq_off)
            PARAMS_CQ_OFF           offsetof(struct io_uring_params, cq_off)
            SQ_OFF_HEAD             offsetof(struct io_sqring_offsets, head)
            SQ_OFF_TAIL             offsetof(struct io_sqring_offsets, tail)
            SQ_OFF_FLAGS            offsetof(struct io_sqring_offsets, flags)
            SQ_OFF_ARRAY            offsetof(struct io_sqring_offsets, array)
            CQ_OFF_HEAD             offsetof(struct io_cqring_offsets, head)
            CQ_OFF_TAIL             offsetof(struct io_cqring_offsets, tail)
            CQ_OFF_CQES             offsetof(struct io_cqring_offsets, cqes)
            SQE_BYTES               sizeof(struct io_uring_sqe)
            SQE_HEAD                offsetof(struct io_uring_sqe, opcode)
            SQE_OFF                 offsetof(struct io_uring_sqe, off)
            SQE_ADDR                offsetof(struct io_uring_sqe, addr)
            SQE_LEN                 offsetof(struct io_uring_sqe, len)
            SQE_USER_DATA           offsetof(struct io_uring_sqe, user_data)
            SQE_BUF_GROUP           offsetof(struct io_uring_sqe, buf_group)
            SQE_ADDR3               offsetof(struct io_uring_sqe, addr3)
            SQE_PAD                 offsetof(struct io_uring_sqe, __pad2)
            CQE_BYTES               sizeof(struct io_uring_cqe)
            CQE_USER_DATA           offsetof(struct io_uring_cqe, user_data)
            CQE_RES                 offsetof(struct io_uring_cqe, res)
            CQE_FLAGS               offsetof(struct io_uring_cqe, flags)
            PROBE_HEADER_BYTES      sizeof(struct io_uring_probe)
            PROBE_OP_BYTES          sizeof(struct io_uring_probe_op)
            PROBE_OP_FLAGS          offsetof(struct io_uring_probe_op, flags)
            PROBE_OPS               1 << 8 * sizeof((struct io_uring_probe_op) {0}.op)
            RSRC_UPDATE_BYTES       sizeof(struct io_uring_rsrc_update)
            RSRC_UPDATE_DATA        offsetof(struct io_uring_rsrc_update, data)
            BUF_REG_BYTES           sizeof(struct io_uring_buf_reg)
            BUF_REG_ENTRIES         offsetof(struct io_uring_buf_reg, ring_entries)
            BUF_REG_BGID            offsetof(struct io_uring_buf_reg, bgid)
            BUF_BYTES               sizeof(struct io_uring_buf)
            BUF_LEN                 offsetof(struct io_uring_buf, len)
            BUF_BID                 offsetof(struct io_uring_buf, bid)
            BUF_RING_TAIL           offsetof(struct io_uring_buf_ring, tail)
            GETEVENTS_ARG_BYTES     sizeof(struct io_uring_getevents_arg)
            GETEVENTS_ARG_TS        offsetof(struct io_uring_getevents_arg, ts)
            TIMESPEC_BYTES          sizeof(struct __kernel_timespec)
            TIMESPEC_NSEC           offsetof(struct __kernel_timespec, tv_nsec)
            PROT_READ_WRITE         PROT_READ | PROT_WRITE
            MAP_SHARED_POPULATE     MAP_SHARED | MAP_POPULATE
            MAP_PRIVATE_ANONYMOUS   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
            """);
    private static final Map<String, String> SOCKETS_IN_C = table("""
            LINGER_BYTES            sizeof(struct linger)
            SOCKADDR_IN_BYTES       sizeof(struct sockaddr_in)
            SOCKADDR_IN6_BYTES      sizeof(struct sockaddr_in6)
            SOCKADDR_UN_BYTES       sizeof(struct sockaddr_un)
            MSGHDR_BYTES            sizeof(struct msghdr)
            MMSGHDR_BYTES           sizeof(struct mmsghdr)
            MSG_NAME                offsetof(struct msghdr, msg_name)
            MSG_NAMELEN             offsetof(struct msghdr, msg_namelen)
            MSG_IOV                 offsetof(struct msghdr, msg_iov)
            MSG_IOVLEN              offsetof(struct msghdr, msg_iovlen)
            IOVEC_BYTES             sizeof(struct iovec)
            IOV_LEN                 offsetof(struct iovec, iov_len)
            IP_MREQN_BYTES          sizeof(struct ip_mreqn)
            IMR_ADDRESS             offsetof(struct ip_mreqn, imr_address)
            IMR_IFINDEX             offsetof(struct ip_mreqn, imr_ifindex)
            GROUP_REQ_BYTES         sizeof(struct group_req)
            GR_GROUP                offsetof(struct group_req, gr_group)
            GROUP_SOURCE_REQ_BYTES  sizeof(struct group_source_req)
            GSR_SOURCE              offsetof(struct group_source_req, gsr_source)
            SUN_PATH                offsetof(struct sockaddr_un, sun_path)
            SUN_PATH_BYTES          sizeof((struct sockaddr_un) {0}.sun_path)
            UCRED_BYTES             sizeof(struct ucred)
            UCRED_PID               offsetof(struct ucred, pid)
            UCRED_UID               offsetof(struct ucred, uid)
            UCRED_GID               offsetof(struct ucred, gid)
            """);
    private static final Map<String, String> READINESS_IN_C = table("""
            SYS_ACCEPT4             SYS_accept4
            SYS_CONNECT             SYS_connect
            SYS_SENDTO              SYS_sendto
            SYS_RECVFROM            SYS_recvfrom
            SYS_EPOLL_CTL           SYS_epoll_ctl
            SYS_EPOLL_PWAIT         SYS_epoll_pwait
            SYS_EPOLL_PWAIT2        SYS_epoll_pwait2
            EPOLLET                 (int) EPOLLET
            EPOLL_EVENT_BYTES       sizeof(struct epoll_event)
            EPOLL_EVENT_DATA        offsetof(struct epoll_event, data)
            TIMESPEC_BYTES          sizeof(struct timespec)
            TV_NSEC                 offsetof(struct timespec, tv_nsec)
            """);
    private static final Map<String, String> FILES_IN_C = table("""
            STATX_BYTES             sizeof(struct statx)
            SYS_PREADV2             SYS_preadv2
            IOVEC_BYTES             sizeof(struct iovec)
            STATX_STX_MASK          offsetof(struct statx, stx_mask)
            STATX_STX_UID           offsetof(struct statx, stx_uid)
            STATX_STX_GID           offsetof(struct statx, stx_gid)
            STATX_STX_MODE          offsetof(struct statx, stx_mode)
            STATX_STX_INO           offsetof(struct statx, stx_ino)
            STATX_STX_SIZE          offsetof(struct statx, stx_size)
            STATX_STX_ATIME         offsetof(struct statx, stx_atime)
            STATX_STX_BTIME         offsetof(struct statx, stx_btime)
            STATX_STX_MTIME         offsetof(struct statx, stx_mtime)
            STATX_STX_DEV_MAJOR     offsetof(struct statx, stx_dev_major)
            STATX_STX_DEV_MINOR     offsetof(struct statx, stx_dev_minor)
            STATX_TV_NSEC           offsetof(struct statx_timestamp, tv_nsec)
            """);

    @TempDir
    private static Path folder;

    private static Headers headers;
    private static Map<Fact, Long> values;

    @BeforeAll
    static void askTheHeaders() throws Exception {
        headers = new Headers(folder);
        values = headers.values(facts());
    }

    static List<Fact> facts() throws ReflectiveOperationException {
        List<Fact> facts = new ArrayList<>();
        facts.addAll(Fact.of(Class.forName("dev.ringpark.internal.backend.uring.IoUringAbi"), URING_IN_C));
        facts.addAll(Fact.of(SocketAbi.class, SOCKETS_IN_C));
        facts.addAll(Fact.of(FileAbi.class, FILES_IN_C));
        facts.addAll(Fact.of(ReadinessAbi.class, READINESS_IN_C));
        facts.addAll(Fact.of(LinuxErrno.class, Map.of()));
        return facts;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("facts")
    void ourNumberIsTheHeaders(Fact fact) {
        if (!headers.know(fact)) {
            Version since = NEWER.getOrDefault(fact.name(), OLDEST);
            assertThat(headers.areSince(since.major(), since.minor()))
                    .as("%s is not in the headers of %s, where it has to be", fact, headers.versionText()).isFalse();
            Assumptions.abort(fact + " is not in the headers of " + headers.versionText() + ": it came with " + since);
        }
        assertThat(fact.value()).as(fact.expression()).isEqualTo(values.get(fact));
    }

    @Test
    void everyEntryOfTheTablesIsOfUse() throws ReflectiveOperationException {
        List<String> names = facts().stream().map(Fact::name).toList();

        assertThat(names).hasSizeGreaterThan(100).containsAll(NEWER.keySet())
                .containsAll(URING_IN_C.keySet()).containsAll(SOCKETS_IN_C.keySet())
                .containsAll(FILES_IN_C.keySet()).containsAll(READINESS_IN_C.keySet());
    }

    /** What a slip of the pen would look like. */
    @SuppressWarnings("UnusedVariable")   // read by reflection
    private static final class Broken {
        static final int IORING_OP_RECV = 28;
        static final int CQE_RES = 12;
        static final long FIONREAD = 0x541B;
        static final int IORING_OP_RECIEVE = 27;
    }

    @Test
    void aWrongNumberAndAMisspelledNameAreNoticed() throws Exception {
        List<Fact> broken = Fact.of(Broken.class, URING_IN_C);
        Map<Fact, Long> actual = headers.values(broken);
        List<String> wrong = broken.stream().filter(headers::know)
                .filter(fact -> fact.value() != Objects.requireNonNull(actual.get(fact))).map(Fact::name).toList();

        assertThat(wrong).containsExactlyInAnyOrder("IORING_OP_RECV", "CQE_RES");
        assertThat(broken).filteredOn(fact -> !headers.know(fact)).map(Fact::name).containsExactly("IORING_OP_RECIEVE");
    }

    private static Map<String, String> table(String rows) {
        return rows.lines().map(row -> row.split(" +", 2)).collect(Collectors.toMap(row -> row[0], row -> row[1]));
    }
}
