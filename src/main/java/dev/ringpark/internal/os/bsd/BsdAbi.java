package dev.ringpark.internal.os.bsd;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.linux.SocketAbi;

/**
 * The numbers of one BSD: XNU's bsd/sys/{socket,errno,fcntl,filio}.h, bsd/netinet/{in,tcp}.h and
 * bsd/netinet6/in6.h; FreeBSD's sys/sys and sys/netinet, version 12 and later. What both have alike are constants.
 */
public enum BsdAbi {
    /** macOS 11 and later, x86-64 and arm64 alike. It makes sockets without flags, and counts two kinds of linger. */
    MACOS(30, 0, 0, 0x1022, 0, 67, 0x1080, 0x200, 36, 89, 102, 100),
    /** FreeBSD 12 and later. Of its two SO_REUSEPORT the one that deals connections out is what Linux has. */
    FREEBSD(28, 0x20000000, 0x10000000, 0x800, 0x20000, 17, 0x80, 0x10000, 61, 85, 45, 92);

    static final int SOL_SOCKET = 0xffff;
    static final int SO_ERROR = 0x1007;
    static final int IP_MULTICAST_IF = 9;
    static final int IP_ADD_MEMBERSHIP = 12;
    static final int IP_DROP_MEMBERSHIP = 13;
    static final int IPV6_JOIN_GROUP = 12;
    static final int IPV6_LEAVE_GROUP = 13;
    static final int MSG_DONTWAIT = 0x80;
    static final long FIONREAD = 0x4004667fL;
    static final int F_SETFD = 2;
    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int FD_CLOEXEC = 1;
    static final int O_NONBLOCK = 4;
    static final int EINVAL = 22;
    static final int EPIPE = 32;
    static final int ENOPROTOOPT = 42;
    static final int EAFNOSUPPORT = 47;
    static final int EADDRNOTAVAIL = 49;
    static final int ECONNABORTED = 53;

    /** struct sockaddr_un: len u8 @0, family u8 @1, path @2. */
    static final int SUN_PATH_BYTES = 104;
    /** struct ip_mreqn: multiaddr @0, address @4, ifindex i32 @8. struct ipv6_mreq: multiaddr @0, ifindex u32 @16. */
    static final int IP_MREQN_BYTES = 12;
    static final int IMR_ADDRESS = 4;
    static final int IMR_IFINDEX = 8;
    static final int IPV6_MREQ_BYTES = 20;
    static final int IPV6MR_IFINDEX = 16;

    final int afInet6;
    /** 0: the system knows no such flag of socket(2), and has no accept4(2). */
    final int sockNonblock;
    final int sockCloexec;
    final int soNosigpipe;
    /** 0: SO_NOSIGPIPE has to do. */
    final int msgNosignal;
    final int fDupfdCloexec;
    /** The option that counts seconds. */
    private final int soLinger;
    private final int soReuseport;
    private final int ipv6Tclass;
    private final int ecanceled;
    private final int eopnotsupp;
    private final int eproto;

    BsdAbi(int afInet6, int sockNonblock, int sockCloexec, int soNosigpipe, int msgNosignal, int fDupfdCloexec,
            int soLinger, int soReuseport, int ipv6Tclass, int ecanceled, int eopnotsupp, int eproto) {
        this.afInet6 = afInet6;
        this.sockNonblock = sockNonblock;
        this.sockCloexec = sockCloexec;
        this.soNosigpipe = soNosigpipe;
        this.msgNosignal = msgNosignal;
        this.fDupfdCloexec = fDupfdCloexec;
        this.soLinger = soLinger;
        this.soReuseport = soReuseport;
        this.ipv6Tclass = ipv6Tclass;
        this.ecanceled = ecanceled;
        this.eopnotsupp = eopnotsupp;
        this.eproto = eproto;
    }

    /** The level that Linux numbers {@code level}: only the socket's own has another number. */
    static int level(int level) {
        return level == SocketAbi.SOL_SOCKET ? SOL_SOCKET : level;
    }

    /** The option that Linux numbers {@code name} within its {@code level}; -1 if there is none. */
    int option(int level, int name) {
        return switch (level) {
            case SocketAbi.SOL_SOCKET -> socketOption(name);
            case SocketAbi.IPPROTO_IP -> ipOption(name);
            case SocketAbi.IPPROTO_IPV6 -> ipv6Option(name);
            case SocketAbi.IPPROTO_TCP -> name == SocketAbi.TCP_NODELAY ? 1 : -1;
            default -> -1;
        };
    }

    private int socketOption(int name) {
        return switch (name) {
            case SocketAbi.SO_REUSEADDR -> 0x4;
            case SocketAbi.SO_KEEPALIVE -> 0x8;
            case SocketAbi.SO_BROADCAST -> 0x20;
            case SocketAbi.SO_SNDBUF -> 0x1001;
            case SocketAbi.SO_RCVBUF -> 0x1002;
            case SocketAbi.SO_ERROR -> SO_ERROR;
            case SocketAbi.SO_LINGER -> soLinger;
            case SocketAbi.SO_REUSEPORT -> soReuseport;
            default -> -1;
        };
    }

    private static int ipOption(int name) {
        return switch (name) {
            case SocketAbi.IP_TOS -> 3;
            case SocketAbi.IP_MULTICAST_IF -> IP_MULTICAST_IF;
            case SocketAbi.IP_MULTICAST_TTL -> 10;
            case SocketAbi.IP_MULTICAST_LOOP -> 11;
            default -> -1;
        };
    }

    private int ipv6Option(int name) {
        return switch (name) {
            case SocketAbi.IPV6_MULTICAST_IF -> 9;
            case SocketAbi.IPV6_MULTICAST_HOPS -> 10;
            case SocketAbi.IPV6_MULTICAST_LOOP -> 11;
            case SocketAbi.IPV6_V6ONLY -> 27;
            case SocketAbi.IPV6_TCLASS -> ipv6Tclass;
            default -> -1;
        };
    }

    /** The portable name of a positive errno. */
    Errno errno(int number) {
        if (number == ecanceled) {
            return Errno.ECANCELED;
        }
        if (number == eproto) {
            return Errno.EPROTO;
        }
        return number == eopnotsupp ? Errno.EOPNOTSUPP : BsdErrno.of(number);
    }
}
