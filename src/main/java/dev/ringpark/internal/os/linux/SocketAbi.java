package dev.ringpark.internal.os.linux;

/** Socket constants of Linux: asm-generic/socket.h, linux/in.h, linux/in6.h, linux/tcp.h, linux/un.h, bits/socket.h. */
public final class SocketAbi {
    public static final int AF_UNIX = 1;
    public static final int AF_UNSPEC = 0;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SOCK_NONBLOCK = 0x800;

    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_ERROR = 4;
    public static final int SO_BROADCAST = 6;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_KEEPALIVE = 9;
    public static final int SO_LINGER = 13;
    public static final int SO_REUSEPORT = 15;
    public static final int SO_PEERCRED = 17;

    public static final int IPPROTO_IP = 0;
    public static final int IP_TOS = 1;
    public static final int IP_MULTICAST_IF = 32;
    public static final int IP_MULTICAST_TTL = 33;
    public static final int IP_MULTICAST_LOOP = 34;
    public static final int IP_MULTICAST_ALL = 49;           // since 2.6.31
    public static final int IPPROTO_TCP = 6;
    public static final int TCP_NODELAY = 1;
    public static final int IPPROTO_IPV6 = 41;
    public static final int IPV6_MULTICAST_IF = 17;
    public static final int IPV6_MULTICAST_HOPS = 18;
    public static final int IPV6_MULTICAST_LOOP = 19;
    public static final int IPV6_V6ONLY = 26;
    public static final int IPV6_MULTICAST_ALL = 29;         // since 4.20
    public static final int IPV6_TCLASS = 67;

    /** Of IPPROTO_IP and IPPROTO_IPV6 alike, with a group_req or a group_source_req. */
    public static final int MCAST_JOIN_GROUP = 42;
    public static final int MCAST_LEAVE_GROUP = 45;
    public static final int MCAST_JOIN_SOURCE_GROUP = 46;
    public static final int MCAST_LEAVE_SOURCE_GROUP = 47;

    public static final int SHUT_RD = 0;
    public static final int SHUT_WR = 1;
    public static final int SHUT_RDWR = 2;

    /** As a flag of recv(2): the result is the datagram's own length. */
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;

    /** asm-generic/ioctls.h: bytes readable. */
    public static final long FIONREAD = 0x541B;

    /** struct linger {int l_onoff; int l_linger;}. */
    public static final int LINGER_BYTES = 8;
    /** struct sockaddr_in: sin_family u16 @0, sin_port be16 @2, sin_addr @4; 16 bytes. */
    public static final int SOCKADDR_IN_BYTES = 16;
    /** struct sockaddr_in6: family u16 @0, port be16 @2, flowinfo @4, addr @8, scope_id u32 @24; 28 bytes. */
    public static final int SOCKADDR_IN6_BYTES = 28;
    /** struct sockaddr_un: sun_family u16 @0, sun_path @2; 110 bytes. */
    public static final int SOCKADDR_UN_BYTES = 110;
    public static final int SUN_PATH = 2;
    public static final int SUN_PATH_BYTES = 108;
    /**
     * struct msghdr: name @0, namelen u32 @8, iov @16, iovlen @24, control @32, controllen @40, flags @48; 56 bytes
     * where pointers have 64 bits.
     */
    public static final int MSGHDR_BYTES = 56;
    /** struct mmsghdr: a msghdr, and how many bytes of it were sent. */
    public static final int MMSGHDR_BYTES = 64;
    public static final int MSG_NAME = 0;
    public static final int MSG_NAMELEN = 8;
    public static final int MSG_IOV = 16;
    public static final int MSG_IOVLEN = 24;
    /** struct iovec: base @0, len @8; 16 bytes. */
    public static final int IOVEC_BYTES = 16;
    public static final int IOV_LEN = 8;
    /** struct ip_mreqn: multiaddr @0, address @4, ifindex @8; 12 bytes. */
    public static final int IP_MREQN_BYTES = 12;
    public static final int IMR_ADDRESS = 4;
    public static final int IMR_IFINDEX = 8;
    /** struct group_req: interface u32 @0, group (a sockaddr_storage) @8; 136 bytes. */
    public static final int GROUP_REQ_BYTES = 136;
    public static final int GR_GROUP = 8;
    /** struct group_source_req: the same, then source @136; 264 bytes. */
    public static final int GROUP_SOURCE_REQ_BYTES = 264;
    public static final int GSR_SOURCE = 136;
    /** struct ucred {pid_t pid; uid_t uid; gid_t gid;}: i32 @0, u32 @4, u32 @8; 12 bytes. */
    public static final int UCRED_BYTES = 12;
    public static final int UCRED_PID = 0;
    public static final int UCRED_UID = 4;
    public static final int UCRED_GID = 8;

    private SocketAbi() {}
}
