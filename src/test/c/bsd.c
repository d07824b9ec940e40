/*
 * The socket calls and kqueue of macOS (-DMACOS) or FreeBSD (-DFREEBSD), on Linux: so that what is written for those
 * systems runs in tests here, with their numbers, layouts and habits. Only what such code uses is here; what is not
 * here is refused rather than passed on, since Linux would understand a foreign number as something else.
 *
 *   gcc -O1 -g -Wall -Wextra -Werror -shared -fPIC -DMACOS -o libmacos.so bsd.c
 *
 * Load it with dlopen(RTLD_LOCAL) and look the names up in it; the process itself keeps its own libc. Inside, nothing
 * calls what is exported, neither to come here nor to get at libc's: which of the two answers to such a name is up to
 * the dynamic linker. So there are raw system calls, and static functions under those of the exported that share work.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#if defined(MACOS) == defined(FREEBSD)
#error "define one of MACOS and FREEBSD"
#endif
#ifdef MACOS
#define PICK(macos, freebsd) (macos)
#else
#define PICK(macos, freebsd) (freebsd)
#endif

/* The label gives the exported name, so that Linux's own prototype of that name does not forbid ours. */
#define BSD_CALL(result, name, ...) \
  result bsd_##name(__VA_ARGS__) __asm__(#name); \
  result bsd_##name(__VA_ARGS__)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* One for everything: calls are short under it, and none that may block is made there. */
static void lock(void) { pthread_mutex_lock(&mutex); }
static void unlock(void) { pthread_mutex_unlock(&mutex); }

/* ---- errors: Linux's numbers everywhere inside, the other system's at the way out ---- */

static const unsigned char ERRNOS[] = {
  [EAGAIN] = 35, [EDEADLK] = 11, [EINPROGRESS] = 36, [EALREADY] = 37, [ENOTSOCK] = 38, [EDESTADDRREQ] = 39,
  [EMSGSIZE] = 40, [EPROTOTYPE] = 41, [ENOPROTOOPT] = 42, [EPROTONOSUPPORT] = 43, [ESOCKTNOSUPPORT] = 44,
  [EOPNOTSUPP] = PICK(102, 45), [EPFNOSUPPORT] = 46, [EAFNOSUPPORT] = 47, [EADDRINUSE] = 48, [EADDRNOTAVAIL] = 49,
  [ENETDOWN] = 50, [ENETUNREACH] = 51, [ENETRESET] = 52, [ECONNABORTED] = 53, [ECONNRESET] = 54, [ENOBUFS] = 55,
  [EISCONN] = 56, [ENOTCONN] = 57, [ESHUTDOWN] = 58, [ETIMEDOUT] = 60, [ECONNREFUSED] = 61, [ELOOP] = 62,
  [ENAMETOOLONG] = 63, [EHOSTDOWN] = 64, [EHOSTUNREACH] = 65, [ENOTEMPTY] = 66, [EDQUOT] = 69, [ENOSYS] = 78,
  [ENOLCK] = 77, [EOVERFLOW] = 84, [ECANCELED] = PICK(89, 85), [EPROTO] = PICK(100, 92),
};

static int their_errno(int error) {
  if (error < (int) sizeof ERRNOS && ERRNOS[error] != 0) return ERRNOS[error];
  return error <= ERANGE ? error : EIO;
}

static int fail(int error) {
  errno = their_errno(error);
  return -1;
}

static long answer(long result) { return result == -1 ? fail(errno) : result; }

/* ---- what is asked of a descriptor ---- */

/* Tells one user of a descriptor number from the next: the number may be closed and given out behind our back. */
struct origin { dev_t device; ino_t inode; };

static bool origin_of(int fd, struct origin *origin, mode_t *mode) {
  struct stat found;
  if (fstat(fd, &found) != 0) return false;
  *origin = (struct origin) { found.st_dev, found.st_ino };
  if (mode != NULL) *mode = found.st_mode;
  return true;
}

static bool same(struct origin a, struct origin b) { return a.device == b.device && a.inode == b.inode; }

/* What Linux does not keep for us. A zeroed origin is nobody's, since no inode has the number 0. */
struct memory { struct origin origin; bool no_sigpipe, connecting; int error; };

static struct memory *memories;
static int memories_size;

/* Under the lock. NULL if there is no such descriptor, or no memory. */
static struct memory *memory_of(int fd) {
  struct origin origin;
  if (!origin_of(fd, &origin, NULL)) return NULL;
  if (fd >= memories_size) {
    int size = fd + 256;
    struct memory *larger = realloc(memories, size * sizeof *larger);
    if (larger == NULL) return NULL;
    memset(larger + memories_size, 0, (size - memories_size) * sizeof *larger);
    memories = larger;
    memories_size = size;
  }
  if (!same(memories[fd].origin, origin)) memories[fd] = (struct memory) { .origin = origin };
  return &memories[fd];
}

/* Tells it, and sets it before if the value is not negative. */
static bool no_sigpipe(int fd, int value) {
  lock();
  struct memory *memory = memory_of(fd);
  if (memory != NULL && value >= 0) memory->no_sigpipe = value;
  bool set = memory != NULL && memory->no_sigpipe;
  unlock();
  return set;
}

/* The error that Linux has told a send which BSD would not have told it: the next one who asks is to hear of it. */
static int pending_error(int fd, int error) {
  lock();
  struct memory *memory = memory_of(fd);
  int before = memory == NULL ? 0 : memory->error;
  if (memory != NULL) memory->error = error;
  unlock();
  return before;
}

static int get_option(int fd, int level, int name, void *value, socklen_t *size) {
  return syscall(SYS_getsockopt, fd, level, name, value, size);
}

static int int_option(int fd, int level, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  return get_option(fd, level, name, &value, &size) == 0 ? value : -1;
}

/* Under the lock. The error of a socket, told and not taken: BSD's queue shows it, and the next call hears of it. */
static int shown_error(int fd) {
  struct memory *memory = memory_of(fd);
  if (memory == NULL) return 0;
  int error = memory->error == 0 ? int_option(fd, SOL_SOCKET, SO_ERROR) : 0;
  if (error > 0) memory->error = error;
  return memory->error;
}

struct kind { int domain, type; };

/* False, with errno, for what is no socket. */
static bool kind_of(int fd, struct kind *kind) {
  kind->domain = int_option(fd, SOL_SOCKET, SO_DOMAIN);
  kind->type = int_option(fd, SOL_SOCKET, SO_TYPE);
  return kind->domain != -1;
}

static int poll_now(int fd) {
  struct pollfd asked = { fd, POLLIN | POLLOUT | POLLRDHUP, 0 };
  return poll(&asked, 1, 0) == 1 ? asked.revents : 0;
}

enum phase { IDLE, CONNECTING, OPEN, FINISHED };

/* Where a stream socket is in its life, for its sending side. Nothing here may consume the pending error. */
static enum phase phase_of(int fd, struct kind kind, int polled) {
  /* Linux says HUP for a socket that is not connected yet, too; only after a connection RDHUP comes with it, or, for
     the moment in which a reset has closed the socket and not shut its sides, ERR alone. */
  if (polled & POLLHUP) return polled & (POLLRDHUP | POLLERR) ? FINISHED : IDLE;
  if (int_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1) return IDLE;
  if (kind.domain == AF_UNIX) {
    /* Nothing else tells of a side that was shut down here; zero bytes of a stream are none for the peer. */
    long sent = syscall(SYS_sendto, fd, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
    return sent == -1 && errno == EPIPE ? FINISHED : OPEN;
  }
  struct tcp_info info = { 0 };
  socklen_t size = sizeof info;
  if (get_option(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return OPEN;
  switch (info.tcpi_state) {
    case TCP_ESTABLISHED: case TCP_CLOSE_WAIT: return OPEN;
    case TCP_SYN_SENT: case TCP_SYN_RECV: return CONNECTING;
    case TCP_LISTEN: return IDLE;
    default: return FINISHED; /* even closed: it had a connection when it was polled */
  }
}

/* Of both sides; macOS takes no options and tells no peer any more then. */
static bool all_shut(int fd) {
  int both = POLLHUP | POLLRDHUP;
  return (poll_now(fd) & both) == both;
}

/* ---- addresses ---- */

enum { THEIR_INET6 = PICK(30, 28), THEIR_PATH = 104, THEIR_UN = 106, THEIR_LONGEST = 255, UNNAMED = 16 };

static int own_family(int family) {
  return family == AF_UNSPEC || family == AF_UNIX || family == AF_INET ? family : family == THEIR_INET6 ? AF_INET6 : -1;
}

/* The length byte does not count: the kernels overwrite it with the length argument. */
static int family_at(const void *address) { return ((const unsigned char *) address)[1]; }

/* Reads an address for a socket of this domain; returns an error, ENOENT for a Unix address without a path. */
static int read_address(const void *from, uint32_t length, int domain, struct sockaddr_storage *to, socklen_t *size) {
  if (from == NULL) return EFAULT;
  if (length > THEIR_LONGEST) return ENAMETOOLONG;
  if (length < 2) return EINVAL;
  if (own_family(family_at(from)) != domain) return EAFNOSUPPORT;
  memset(to, 0, sizeof *to);
  if (domain == AF_UNIX) {
    if (length > THEIR_UN) return EINVAL;
    struct sockaddr_un *name = (struct sockaddr_un *) to;
    memcpy(name->sun_path, (const char *) from + 2, length - 2);
    if (name->sun_path[0] == 0) return ENOENT;
    *size = sizeof *name;
  } else {
    *size = domain == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if (length != *size) return EINVAL;
    memcpy(to, from, length);
  }
  to->ss_family = domain;
  return 0;
}

/*
 * An unnamed Unix socket is a struct sockaddr of zeros there, 16 bytes, on both systems. A named one gives the length
 * that bind was told; Linux forgets that, so it is the shortest here: without the NUL, which a reader must not expect.
 */
static void write_address(const struct sockaddr_storage *from, socklen_t size, void *to, uint32_t *length) {
  if (to == NULL || length == NULL) return;
  unsigned char bytes[sizeof *from] = { 0 };
  if (size >= 2) memcpy(bytes, from, size < sizeof bytes ? size : sizeof bytes);
  uint32_t full = size;
  if (size >= 2 && from->ss_family == AF_UNIX) {
    size_t path = strnlen((char *) bytes + 2, size - 2 < THEIR_PATH ? size - 2 : THEIR_PATH);
    full = path == 0 ? UNNAMED : path + 2;
    memset(bytes + 2 + path, 0, sizeof bytes - 2 - path);
  }
  bytes[0] = full;
  bytes[1] = size >= 2 && from->ss_family == AF_INET6 ? THEIR_INET6 : from->ss_family;
  uint32_t copied = full < *length ? full : *length;
  if (full > 0) memcpy(to, bytes, copied);
  *length = PICK(full, copied); /* macOS tells of what did not fit, FreeBSD does not */
}

static bool without_port(const struct sockaddr_storage *address) {
  return address->ss_family != AF_UNIX && ((const struct sockaddr_in *) address)->sin_port == 0;
}

/* ---- sockets ---- */

static void touch(int fd);
static void forget(int fd);

/* macOS has no flags beside the type. */
enum { THEIR_CLOEXEC = PICK(0, 0x10000000), THEIR_SOCK_NONBLOCK = PICK(0, 0x20000000),
       THEIR_FLAGS = THEIR_CLOEXEC | THEIR_SOCK_NONBLOCK };

static int own_socket_flags(int theirs) {
  return (theirs & THEIR_CLOEXEC ? SOCK_CLOEXEC : 0) | (theirs & THEIR_SOCK_NONBLOCK ? SOCK_NONBLOCK : 0);
}

/* udp_sendspace: the buffer of a socket for datagrams is also the most that one may have. */
enum { FIRST_DATAGRAM_ROOM = 9216 };

BSD_CALL(int, socket, int family, int type, int protocol) {
  int kind = type & ~THEIR_FLAGS, v6only = PICK(0, 1); /* the defaults of the two systems */
  if (own_family(family) <= 0) return fail(EAFNOSUPPORT);
  if (kind != SOCK_STREAM && kind != SOCK_DGRAM) return fail(EPROTOTYPE);
  int fd = syscall(SYS_socket, own_family(family), kind | own_socket_flags(type), protocol);
  if (fd == -1) return fail(errno);
  if (family == THEIR_INET6) syscall(SYS_setsockopt, fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof v6only);
  /* There nobody hears a group that only others have joined. */
  int none = 0;
  syscall(SYS_setsockopt, fd, IPPROTO_IP, IP_MULTICAST_ALL, &none, sizeof none);
  if (family == THEIR_INET6) syscall(SYS_setsockopt, fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &none, sizeof none);
  int room = FIRST_DATAGRAM_ROOM;
  if (kind == SOCK_DGRAM) syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  forget(fd);
  return fd;
}

BSD_CALL(int, bind, int fd, const void *address, uint32_t length) {
  struct kind kind;
  if (!kind_of(fd, &kind)) return fail(errno);
  struct sockaddr_storage own;
  socklen_t size;
  int error = read_address(address, length, kind.domain, &own, &size);
  if (error != 0) return fail(error == ENOENT ? EINVAL : error);
  return answer(syscall(SYS_bind, fd, &own, size));
}

BSD_CALL(int, listen, int fd, int backlog) {
  int result = answer(syscall(SYS_listen, fd, backlog));
  if (result == 0) touch(fd);
  return result;
}

/* A connection that was reset before its accept: macOS hands it out, and tells nothing of its peer. */
static bool is_nameless(int fd, struct sockaddr_storage *peer) {
  socklen_t size = sizeof *peer;
  return PICK(true, false) && syscall(SYS_getpeername, fd, peer, &size) == -1;
}

static int take(int fd, void *address, uint32_t *length, int flags) {
  struct sockaddr_storage peer = { 0 }, unused;
  socklen_t size = sizeof peer;
  int taken = syscall(SYS_accept4, fd, &peer, &size, flags);
  if (taken == -1) return fail(errno);
  forget(taken);
  no_sigpipe(taken, no_sigpipe(fd, -1));
  if (is_nameless(taken, &unused) && length != NULL) *length = 0;
  else write_address(&peer, size, address, length);
  return taken;
}

/* BSD's accept hands O_NONBLOCK down from the listener; its accept4 does not. */
BSD_CALL(int, accept, int fd, void *address, uint32_t *length) {
  long flags = syscall(SYS_fcntl, fd, F_GETFL);
  return take(fd, address, length, flags != -1 && flags & O_NONBLOCK ? SOCK_NONBLOCK : 0);
}

#ifdef FREEBSD
BSD_CALL(int, accept4, int fd, void *address, uint32_t *length, int flags) {
  return flags & ~THEIR_FLAGS ? fail(EINVAL) : take(fd, address, length, own_socket_flags(flags));
}
#endif

/*
 * BSD dissolves the association first and then finds the family wrong: done, though it says otherwise. It keeps the
 * port, while Linux gives back one that it chose itself.
 */
static int disconnect(int fd, struct kind kind) {
  struct sockaddr_storage local = { 0 }, after = { 0 };
  socklen_t size = sizeof local, after_size = sizeof after;
  if (kind.type != SOCK_DGRAM) return fail(phase_of(fd, kind, poll_now(fd)) == OPEN ? EISCONN : EAFNOSUPPORT);
  syscall(SYS_getsockname, fd, &local, &size);
  struct sockaddr nobody = { .sa_family = AF_UNSPEC };
  syscall(SYS_connect, fd, &nobody, sizeof nobody);
  syscall(SYS_getsockname, fd, &after, &after_size);
  if (kind.domain != AF_UNIX && !without_port(&local) && without_port(&after)) {
    ((struct sockaddr_in *) &after)->sin_port = ((struct sockaddr_in *) &local)->sin_port;
    syscall(SYS_bind, fd, &after, after_size);
  }
  return fail(EAFNOSUPPORT);
}

/* Takes and gives the error of a connect. After a pending one has succeeded, Linux answers 0 once, BSD EISCONN. */
static int after_connect(int fd, int error) {
  lock();
  struct memory *memory = memory_of(fd);
  if (memory != NULL) {
    if (error == 0 && memory->connecting) error = EISCONN;
    memory->connecting = error == EINPROGRESS || error == EALREADY || error == EINTR;
  }
  unlock();
  return error;
}

BSD_CALL(int, connect, int fd, const void *address, uint32_t length) {
  struct kind kind;
  if (!kind_of(fd, &kind)) return fail(errno);
  if (address != NULL && length >= 2 && family_at(address) == AF_UNSPEC) return disconnect(fd, kind);
  struct sockaddr_storage own;
  socklen_t size;
  int error = read_address(address, length, kind.domain, &own, &size);
  if (error != 0) return fail(error);
  if (without_port(&own)) return fail(EADDRNOTAVAIL);
  error = after_connect(fd, syscall(SYS_connect, fd, &own, size) == 0 ? 0 : errno);
  if (error == 0) touch(fd); /* a Unix socket is connected at once, which epoll does not notice */
  if (error == EAGAIN) error = ECONNREFUSED; /* a full queue of a Unix listener */
  return error == 0 ? 0 : fail(error);
}

static int tell_name(long call, int fd, void *address, uint32_t *length) {
  struct sockaddr_storage own = { 0 };
  socklen_t size = sizeof own;
  if (syscall(call, fd, &own, &size) != 0) return fail(errno);
  write_address(&own, size, address, length);
  return 0;
}

BSD_CALL(int, getsockname, int fd, void *address, uint32_t *length) {
  return tell_name(SYS_getsockname, fd, address, length);
}

BSD_CALL(int, getpeername, int fd, void *address, uint32_t *length) {
  struct kind kind;
  if (PICK(true, false) && kind_of(fd, &kind) && all_shut(fd)) return fail(EINVAL);
  return tell_name(SYS_getpeername, fd, address, length);
}

BSD_CALL(int, shutdown, int fd, int how) {
  struct kind kind;
  if (!kind_of(fd, &kind)) return fail(errno);
  if (how < SHUT_RD || how > SHUT_RDWR) return fail(EINVAL);
  /* Linux would shut a listener, or a socket that has no connection yet. */
  if (kind.type == SOCK_STREAM && phase_of(fd, kind, poll_now(fd)) == IDLE) return fail(ENOTCONN);
  int result = answer(syscall(SYS_shutdown, fd, how));
  if (result == 0) touch(fd); /* a Unix socket does not tell its own watchers */
  return result;
}

BSD_CALL(int, close, int fd) {
  forget(fd);
  return answer(syscall(SYS_close, fd));
}

/* ---- bytes ---- */

enum { THEIR_NOSIGNAL = PICK(0x80000, 0x20000) };

/* False for a flag that is not known. Truncation is something BSD only tells: asked for, it would change results. */
static bool own_flags(int theirs, int *own) {
  static const struct { int theirs, own; } FLAGS[] = {
    { 1, MSG_OOB }, { 2, MSG_PEEK }, { 8, MSG_EOR }, { 0x10, 0 }, { 0x20, 0 }, { 0x40, MSG_WAITALL },
    { 0x80, MSG_DONTWAIT }, { THEIR_NOSIGNAL, 0 },
  };
  *own = 0;
  for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++) {
    if (theirs & FLAGS[i].theirs) *own |= FLAGS[i].own;
    theirs &= ~FLAGS[i].theirs;
  }
  return theirs == 0;
}

static long receive(int fd, void *bytes, size_t room, int flags, void *from, uint32_t *length) {
  struct kind kind;
  int own;
  if (!kind_of(fd, &kind)) return fail(errno);
  if (!own_flags(flags, &own)) return fail(EINVAL);
  struct sockaddr_storage peer = { 0 };
  socklen_t size = sizeof peer;
  long got = syscall(SYS_recvfrom, fd, bytes, room, own, &peer, &size);
  int error = got == -1 ? errno : got == 0 && kind.type == SOCK_STREAM ? pending_error(fd, 0) : 0;
  if (error != 0) return fail(error);
  if (kind.type == SOCK_STREAM) size = 0; /* a stream names nobody */
  else if (size == 0 && kind.domain == AF_UNIX) size = 2, peer.ss_family = AF_UNIX;
  write_address(&peer, size, from, length);
  return got;
}

BSD_CALL(long, recv, int fd, void *bytes, size_t room, int flags) {
  return receive(fd, bytes, room, flags, NULL, NULL);
}

BSD_CALL(long, recvfrom, int fd, void *bytes, size_t room, int flags, void *from, uint32_t *length) {
  return receive(fd, bytes, room, flags, from, length);
}

/* Why nothing can be sent, as BSD sees it: the state first, and no pending error is consumed for that. */
static int unsendable(int fd, struct kind kind, const struct sockaddr_storage *to) {
  if (kind.type == SOCK_STREAM) {
    enum phase phase = phase_of(fd, kind, poll_now(fd));
    return phase == FINISHED ? EPIPE : phase == OPEN ? 0 : ENOTCONN;
  }
  struct sockaddr_storage peer;
  socklen_t size = sizeof peer;
  if (to == NULL) return 0;
  if (syscall(SYS_getpeername, fd, &peer, &size) == 0) return EISCONN;
  return without_port(to) ? EADDRNOTAVAIL : 0;
}

static long transmit(int fd, const void *bytes, size_t count, int flags, const void *to, uint32_t length) {
  struct kind kind;
  int own;
  if (!kind_of(fd, &kind)) return fail(errno);
  if (!own_flags(flags, &own)) return fail(EINVAL);
  struct sockaddr_storage peer;
  socklen_t size = 0;
  int error = to == NULL ? 0 : read_address(to, length, kind.domain, &peer, &size);
  if (error == 0) error = unsendable(fd, kind, to == NULL ? NULL : &peer);
  if (error == 0 && kind.type == SOCK_DGRAM && count > (size_t) int_option(fd, SOL_SOCKET, SO_SNDBUF) / 2) {
    error = EMSGSIZE;
  }
  if (error == 0) {
    long sent = syscall(SYS_sendto, fd, bytes, count, own | MSG_NOSIGNAL, to == NULL ? NULL : &peer, size);
    if (sent != -1) return sent;
    error = errno;
    if (kind.type == SOCK_STREAM && error == ECONNRESET) { /* reset between the look and the call */
      pending_error(fd, error);
      error = EPIPE;
    }
  }
  /* By hand, since whether there is a signal hangs on an option that Linux has not. */
  if (error == EPIPE && !(flags & THEIR_NOSIGNAL) && !no_sigpipe(fd, -1)) raise(SIGPIPE);
  return fail(error);
}

BSD_CALL(long, send, int fd, const void *bytes, size_t count, int flags) {
  return transmit(fd, bytes, count, flags, NULL, 0);
}

BSD_CALL(long, sendto, int fd, const void *bytes, size_t count, int flags, const void *to, uint32_t length) {
  return transmit(fd, bytes, count, flags, to, length);
}

/* ---- options ---- */

enum { THEIR_SOCKET = 0xffff };

/* BIT: reads as `shown` when it is on, as BSD masks it out of its flags, and is not 1 for most.
   GROUP: a struct ip_mreq, the interface by its address; a longer one is read that far, its index is not. */
enum form { BIT, NUMBER, BYTES, GROUP, BUFFER, TICKS, SECONDS, INTERVAL, PENDING, NO_SIGPIPE, UNREAD, UNSENT };

struct option { int level, name, own_level, own_name; enum form form; int shown; };

#define SOCKET(name, own, form, shown) { THEIR_SOCKET, name, SOL_SOCKET, own, form, shown }
#define TCP(name, own, form, shown) { IPPROTO_TCP, name, IPPROTO_TCP, own, form, shown }
#define IP4(name, own, form) { IPPROTO_IP, name, IPPROTO_IP, own, form, 0 }
#define IP6(name, own, form) { IPPROTO_IPV6, name, IPPROTO_IPV6, own, form, 0 }

static const struct option OPTIONS[] = {
  SOCKET(2, SO_ACCEPTCONN, BIT, 2), SOCKET(4, SO_REUSEADDR, BIT, 4), SOCKET(8, SO_KEEPALIVE, BIT, 8),
  SOCKET(0x20, SO_BROADCAST, BIT, 0x20), SOCKET(0x100, SO_OOBINLINE, BIT, 0x100),
  SOCKET(0x200, SO_REUSEPORT, BIT, 0x200), SOCKET(0x80, SO_LINGER, PICK(TICKS, SECONDS), 0x80),
  SOCKET(0x1001, SO_SNDBUF, BUFFER, 0), SOCKET(0x1002, SO_RCVBUF, BUFFER, 0),
  SOCKET(0x1003, SO_SNDLOWAT, NUMBER, 0), SOCKET(0x1004, SO_RCVLOWAT, NUMBER, 0),
  SOCKET(0x1005, SO_SNDTIMEO, INTERVAL, 0), SOCKET(0x1006, SO_RCVTIMEO, INTERVAL, 0),
  SOCKET(0x1007, SO_ERROR, PENDING, 0), SOCKET(0x1008, SO_TYPE, NUMBER, 0),
  SOCKET(PICK(0x1022, 0x800), 0, NO_SIGPIPE, PICK(1, 0x800)),
#ifdef MACOS
  SOCKET(0x1080, SO_LINGER, SECONDS, 0x80), SOCKET(0x1020, 0, UNREAD, 0), SOCKET(0x1024, 0, UNSENT, 0),
#else
  SOCKET(0x10000, SO_REUSEPORT, BIT, 0x10000),
#endif
  TCP(1, TCP_NODELAY, BIT, 4), TCP(2, TCP_MAXSEG, NUMBER, 0), TCP(4, TCP_CORK, BIT, 0x1000),
  TCP(PICK(16, 256), TCP_KEEPIDLE, NUMBER, 0), TCP(PICK(257, 512), TCP_KEEPINTVL, NUMBER, 0),
  TCP(PICK(258, 1024), TCP_KEEPCNT, NUMBER, 0), TCP(PICK(261, 1025), TCP_FASTOPEN, NUMBER, 0),
  IP4(3, IP_TOS, NUMBER), IP4(4, IP_TTL, NUMBER), IP4(9, IP_MULTICAST_IF, BYTES),
  IP4(10, IP_MULTICAST_TTL, BYTES), IP4(11, IP_MULTICAST_LOOP, BYTES),
  IP4(12, IP_ADD_MEMBERSHIP, PICK(GROUP, BYTES)), IP4(13, IP_DROP_MEMBERSHIP, GROUP),
  IP6(4, IPV6_UNICAST_HOPS, NUMBER), IP6(9, IPV6_MULTICAST_IF, NUMBER), IP6(10, IPV6_MULTICAST_HOPS, NUMBER),
  IP6(11, IPV6_MULTICAST_LOOP, NUMBER), IP6(12, IPV6_JOIN_GROUP, BYTES), IP6(13, IPV6_LEAVE_GROUP, BYTES),
  IP6(27, IPV6_V6ONLY, NUMBER), IP6(PICK(36, 61), IPV6_TCLASS, NUMBER),
};

/* NULL, with errno, when there is no such socket or option. BSD's protocols refuse each other's levels with EINVAL. */
static const struct option *option_of(int fd, int level, int name) {
  struct kind kind;
  if (!kind_of(fd, &kind)) return NULL;
  bool fits = level == THEIR_SOCKET
    || (level == IPPROTO_TCP && kind.type == SOCK_STREAM && kind.domain != AF_UNIX)
    || (level == IPPROTO_IP && kind.domain == AF_INET)
    || (level == IPPROTO_IPV6 && kind.domain == AF_INET6);
  errno = fits ? ENOPROTOOPT : EINVAL;
  for (size_t i = 0; fits && i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
    if (OPTIONS[i].level == level && OPTIONS[i].name == name) return &OPTIONS[i];
  }
  return NULL;
}

/* BYTES go as they are. */
union value { int number; struct linger linger; struct timeval interval; unsigned char bytes[64]; };

static socklen_t size_of(enum form form) {
  if (form == INTERVAL) return sizeof(struct timeval);
  if (form == GROUP) return sizeof(struct ip_mreq);
  return form == TICKS || form == SECONDS ? sizeof(struct linger) : sizeof(int);
}

BSD_CALL(int, getsockopt, int fd, int level, int name, void *value, uint32_t *length) {
  const struct option *option = option_of(fd, level, name);
  if (option == NULL) return fail(errno);
  if (value == NULL || length == NULL) return fail(EFAULT);
  union value found = { .bytes = { 0 } };
  socklen_t size = option->form != BYTES ? size_of(option->form) : *length < sizeof found ? *length : sizeof found;
  long result = 0;
  switch (option->form) {
    case NO_SIGPIPE: found.number = no_sigpipe(fd, -1) ? option->shown : 0; break;
    case UNREAD: result = syscall(SYS_ioctl, fd, FIONREAD, &found); break;
    case UNSENT: result = syscall(SYS_ioctl, fd, TIOCOUTQ, &found); break;
    default: result = get_option(fd, option->own_level, option->own_name, &found, &size);
  }
  if (result != 0) return fail(errno);
  switch (option->form) {
    case BIT: found.number = found.number != 0 ? option->shown : 0; break;
    case BUFFER: found.number /= 2; break; /* Linux doubles what is set, to count its own needs in */
    case PENDING: {
      int kept = pending_error(fd, 0);
      found.number = their_errno(found.number != 0 ? found.number : kept);
      break;
    }
    case TICKS: found.linger.l_linger *= 100; /* fall through */
    case SECONDS: found.linger.l_onoff = found.linger.l_onoff != 0 ? option->shown : 0; break;
    default: break;
  }
  if (*length > size) *length = size;
  memcpy(value, &found, *length);
  return 0;
}

BSD_CALL(int, setsockopt, int fd, int level, int name, const void *value, uint32_t length) {
  const struct option *option = option_of(fd, level, name);
  if (option == NULL) return fail(errno);
  if (value == NULL) return fail(EFAULT);
  if (PICK(true, false) && all_shut(fd)) return fail(EINVAL);
  union value own = { .bytes = { 0 } };
  socklen_t size = option->form == BYTES ? length : size_of(option->form);
  if (length < size || size > sizeof own) return fail(EINVAL);
  memcpy(&own, value, size);
  switch (option->form) {
    case NO_SIGPIPE: no_sigpipe(fd, own.number != 0); return 0;
    case PENDING: case UNREAD: case UNSENT: return fail(ENOPROTOOPT);
    case BIT: own.number = own.number != 0; break;
    case BUFFER: if (own.number < 1) return fail(EINVAL); break;
    case INTERVAL: own.interval.tv_usec = (int) own.interval.tv_usec; break; /* 32 bits and a gap on macOS */
    /* Linux has seconds only: rounded up, as a short time must not become none, which resets the connection. */
    case TICKS: own.linger.l_linger = (own.linger.l_linger + 99) / 100; break;
    default: break;
  }
  return answer(syscall(SYS_setsockopt, fd, option->own_level, option->own_name, &own, size));
}

/* ---- fcntl, ioctl ---- */

enum { THEIR_NONBLOCK = 4, THEIR_APPEND = 8, THEIR_DUPFD_CLOEXEC = PICK(67, 17) };

BSD_CALL(int, fcntl, int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  int argument = command == F_GETFD || command == F_GETFL ? 0 : va_arg(rest, int);
  va_end(rest);
  long flags;
  switch (command) {
    case F_GETFD: return answer(syscall(SYS_fcntl, fd, F_GETFD));
    case F_SETFD: return answer(syscall(SYS_fcntl, fd, F_SETFD, argument));
    case F_GETFL:
      flags = syscall(SYS_fcntl, fd, F_GETFL);
      if (flags == -1) return fail(errno);
      return (flags & O_ACCMODE) | (flags & O_NONBLOCK ? THEIR_NONBLOCK : 0) | (flags & O_APPEND ? THEIR_APPEND : 0);
    case F_SETFL:
      flags = syscall(SYS_fcntl, fd, F_GETFL);
      if (flags == -1) return fail(errno);
      flags &= ~(O_NONBLOCK | O_APPEND); /* the others have no name there, and stay */
      flags |= (argument & THEIR_NONBLOCK ? O_NONBLOCK : 0) | (argument & THEIR_APPEND ? O_APPEND : 0);
      return answer(syscall(SYS_fcntl, fd, F_SETFL, flags));
    case THEIR_DUPFD_CLOEXEC: return answer(syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, argument));
    default: return fail(EINVAL);
  }
}

BSD_CALL(int, ioctl, int fd, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  int *argument = va_arg(rest, int *);
  va_end(rest);
  switch (request) {
    case 0x4004667f: return answer(syscall(SYS_ioctl, fd, FIONREAD, argument));
    case 0x8004667e: return answer(syscall(SYS_ioctl, fd, FIONBIO, argument));
    default: return fail(ENOTTY);
  }
}

/* ---- kqueue ---- */

enum {
  EVFILT_READ = -1, EVFILT_WRITE = -2, EVFILT_USER = PICK(-10, -11),
  EV_ADD = 1, EV_DELETE = 2, EV_ENABLE = 4, EV_DISABLE = 8, EV_ONESHOT = 0x10, EV_CLEAR = 0x20, EV_RECEIPT = 0x40,
  EV_DISPATCH = 0x80, EV_ERROR = 0x4000, EV_EOF = 0x8000,
  EV_MODE = EV_ONESHOT | EV_CLEAR | EV_DISPATCH,
  EV_KNOWN = EV_MODE | EV_ADD | EV_DELETE | EV_ENABLE | EV_DISABLE | EV_RECEIPT,
  NOTE_TRIGGER = 0x1000000, NOTE_FFLAGS = 0xffffff,
};

struct kevent {
  uint64_t ident;
  int16_t filter;
  uint16_t flags;
  uint32_t fflags;
  int64_t data;
  void *udata;
#ifdef FREEBSD
  uint64_t ext[4];
#endif
};

_Static_assert(sizeof(struct kevent) == PICK(32, 64), "struct kevent");

/* What epoll cannot watch, files and user events, is `soft`: looked at in each wait, and announced by an eventfd. */
struct knote {
  struct knote *next;
  struct knote *next_soft;
  struct kevent event; /* as registered; flags are the mode alone, which the first registration fixes */
  struct origin origin;
  uint32_t serial;
  bool soft, enabled, triggered;
};

enum { BUCKETS = 1024, BATCH = 256, SECOND = 1000000000 };

/*
 * Reading and writing are separate events of one descriptor, which one epoll holds only once: so there is an epoll for
 * each. All is edge-triggered in there, and a level is an edge asked for again: else what epoll takes for ready and BSD
 * does not, such as a socket without a connection, would keep a waiter spinning. The descriptor itself is a third
 * epoll over both, so that it can be polled; waiters use the inner ones, which live as long as there is a waiter.
 */
struct kqueue {
  struct kqueue *next;
  int fd;
  int watch[2];
  int wake;
  int users;
  unsigned turn;
  bool closed;
  struct knote *soft;
  struct knote *buckets[BUCKETS];
};

static struct kqueue *kqueues;
static uint32_t serials;

static struct knote **place_of(struct kqueue *kq, uint64_t ident, int filter) {
  struct knote **place = &kq->buckets[(ident * 4 - filter) % BUCKETS];
  for (; *place != NULL; place = &(*place)->next) {
    if ((*place)->event.ident == ident && (*place)->event.filter == filter) break;
  }
  return place;
}

static int watch_of(struct kqueue *kq, int filter) { return kq->watch[filter == EVFILT_READ ? 0 : 1]; }

static void announce(struct kqueue *kq) {
  uint64_t one = 1;
  syscall(SYS_write, kq->wake, &one, sizeof one);
}

/* Asks for an edge if it is ready now or when it gets so; for none when it is disabled. */
static int arm(struct kqueue *kq, struct knote *knote, int operation) {
  if (knote->soft) {
    if (knote->enabled) announce(kq);
    return 0;
  }
  uint32_t events = !knote->enabled ? 0 : knote->event.filter == EVFILT_READ ? EPOLLIN | EPOLLRDHUP : EPOLLOUT;
  struct epoll_event asked = { events | EPOLLET, { .u64 = (uint64_t) knote->serial << 32 | knote->event.ident } };
  return epoll_ctl(watch_of(kq, knote->event.filter), operation, knote->event.ident, &asked) == 0 ? 0 : errno;
}

static void drop(struct kqueue *kq, struct knote *knote) {
  if (knote->soft) {
    struct knote **place = &kq->soft;
    while (*place != knote) place = &(*place)->next_soft;
    *place = knote->next_soft;
  } else {
    epoll_ctl(watch_of(kq, knote->event.filter), EPOLL_CTL_DEL, knote->event.ident, NULL);
  }
  *place_of(kq, knote->event.ident, knote->event.filter) = knote->next;
  free(knote);
}

static void release(struct kqueue *kq) {
  if (!kq->closed || kq->users > 0) return;
  syscall(SYS_close, kq->watch[0]);
  syscall(SYS_close, kq->watch[1]);
  syscall(SYS_close, kq->wake);
  free(kq);
}

/* Its waiters find it closed and leave; the last one releases it. */
static void retire(struct kqueue *kq) {
  struct kqueue **place = &kqueues;
  while (*place != kq) place = &(*place)->next;
  *place = kq->next;
  for (int i = 0; i < BUCKETS; i++) {
    while (kq->buckets[i] != NULL) drop(kq, kq->buckets[i]);
  }
  kq->closed = true;
  announce(kq);
  release(kq);
}

static struct kqueue *kqueue_of(int fd) {
  struct kqueue *kq = kqueues;
  while (kq != NULL && kq->fd != fd) kq = kq->next;
  if (kq == NULL) return NULL;
  /* Closed behind our back? All epolls look alike to fstat, but only ours has this member. */
  struct epoll_event member = { EPOLLIN, { .fd = kq->wake } };
  if (epoll_ctl(fd, EPOLL_CTL_MOD, kq->wake, &member) == 0) return kq;
  retire(kq);
  return NULL;
}

/* The descriptor goes or is new: nothing that was said of its number holds. */
static void forget(int fd) {
  lock();
  for (struct kqueue *kq = kqueues, *next; kq != NULL; kq = next) {
    next = kq->next;
    for (int filter = EVFILT_WRITE; filter <= EVFILT_READ; filter++) {
      struct knote *knote = *place_of(kq, fd, filter);
      if (knote != NULL) drop(kq, knote);
    }
    if (kq->fd == fd) retire(kq);
  }
  if (fd >= 0 && fd < memories_size) memories[fd] = (struct memory) { .no_sigpipe = false };
  unlock();
}

/* Something happened that BSD tells the watchers of this descriptor and Linux does not. */
static void touch(int fd) {
  lock();
  for (struct kqueue *kq = kqueues; kq != NULL; kq = kq->next) {
    for (int filter = EVFILT_WRITE; filter <= EVFILT_READ; filter++) {
      struct knote *knote = *place_of(kq, fd, filter);
      if (knote != NULL && knote->enabled) arm(kq, knote, EPOLL_CTL_MOD);
    }
  }
  unlock();
}

BSD_CALL(int, kqueue, void) {
  struct kqueue *kq = calloc(1, sizeof *kq);
  if (kq == NULL) return fail(ENOMEM);
  int all[] = { epoll_create1(EPOLL_CLOEXEC), epoll_create1(EPOLL_CLOEXEC), epoll_create1(EPOLL_CLOEXEC),
                eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
  bool complete = true;
  for (int i = 0; i < 4; i++) complete = complete && all[i] != -1;
  for (int i = 1; complete && i < 4; i++) {
    struct epoll_event member = { EPOLLIN, { .fd = all[i] } };
    complete = epoll_ctl(all[0], EPOLL_CTL_ADD, all[i], &member) == 0;
  }
  if (!complete) {
    int error = errno;
    for (int i = 0; i < 4; i++) if (all[i] != -1) syscall(SYS_close, all[i]);
    free(kq);
    return fail(error);
  }
  forget(all[0]);
  kq->fd = all[0];
  memcpy(kq->watch, all + 1, sizeof kq->watch);
  kq->wake = all[3];
  lock();
  kq->next = kqueues;
  kqueues = kq;
  unlock();
  return kq->fd;
}

/* The operations on the low bits are BSD's: nothing, and, or, copy. */
static void apply_user(struct knote *knote, const struct kevent *change) {
  uint32_t bits = change->fflags & NOTE_FFLAGS, *kept = &knote->event.fflags;
  switch (change->fflags >> 30) {
    case 1: *kept &= bits; break;
    case 2: *kept |= bits; break;
    case 3: *kept = bits; break;
  }
  knote->event.data = change->data;
  if (change->fflags & NOTE_TRIGGER) knote->triggered = true;
}

static struct knote *create(struct kqueue *kq, const struct kevent *change, struct origin origin, bool soft) {
  struct knote *knote = calloc(1, sizeof *knote);
  if (knote == NULL) return NULL;
  *knote = (struct knote) { .event = *change, .origin = origin, .soft = soft, .enabled = true, .serial = ++serials };
  knote->event.flags &= EV_MODE;
  knote->event.fflags &= NOTE_FFLAGS;
  *place_of(kq, change->ident, change->filter) = knote;
  if (soft) {
    knote->next_soft = kq->soft;
    kq->soft = knote;
  }
  return knote;
}

/* One change; returns its error. */
static int apply(struct kqueue *kq, const struct kevent *change) {
  bool user = change->filter == EVFILT_USER;
  if (!user && change->filter != EVFILT_READ && change->filter != EVFILT_WRITE) return EINVAL;
  if (change->flags & ~EV_KNOWN || (!user && change->fflags != 0)) return EINVAL;
  if (!user && change->ident > INT_MAX) return EBADF;
  struct knote *knote = *place_of(kq, change->ident, change->filter);
  struct origin origin = { 0 };
  mode_t mode = 0;
  bool open = user || origin_of(change->ident, &origin, &mode);
  if (knote != NULL && (!open || !same(knote->origin, origin))) {
    drop(kq, knote);
    knote = NULL;
  }
  if (!open) return EBADF;
  bool fresh = knote == NULL;
  if (fresh && !(change->flags & EV_ADD)) return ENOENT;
  if (fresh) knote = create(kq, change, origin, user || S_ISREG(mode));
  if (knote == NULL) return ENOMEM;
  if (!fresh && change->flags & EV_DELETE) {
    drop(kq, knote);
    return 0;
  }
  knote->event.udata = change->udata;
  if (user) apply_user(knote, change);
  if (change->flags & EV_DISABLE) knote->enabled = false;
  if (change->flags & EV_ENABLE) knote->enabled = true;
  int error = arm(kq, knote, fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD);
  if (error == 0) return 0;
  drop(kq, knote);
  if (fresh) return error == EPERM ? EINVAL : error;
  return apply(kq, change); /* epoll has it no longer, so the descriptor was closed in between: as for a new one */
}

/* Bytes there are to read; 1 where that is not a number of bytes, as for a listener. */
static int64_t unread(int fd) {
  int count = 0;
  return syscall(SYS_ioctl, fd, FIONREAD, &count) == 0 ? count : 1;
}

static int64_t room_of(int fd, bool socket) {
  int used = 0;
  long size = socket ? int_option(fd, SOL_SOCKET, SO_SNDBUF) / 2 : syscall(SYS_fcntl, fd, F_GETPIPE_SZ);
  if (syscall(SYS_ioctl, fd, socket ? TIOCOUTQ : FIONREAD, &used) != 0 || size <= used) return 1;
  return size - used;
}

static bool file_ready(struct knote *knote, struct kevent *event) {
  struct stat found;
  if (knote->event.filter == EVFILT_WRITE) return true;
  if (fstat(knote->event.ident, &found) != 0) return false;
  event->data = found.st_size - lseek(knote->event.ident, 0, SEEK_CUR);
  return event->data > 0;
}

/* Whether BSD would report it now. */
static bool ready(struct knote *knote, struct kevent *event) {
  int fd = knote->event.ident;
  *event = knote->event;
  if (event->filter == EVFILT_USER) return knote->triggered;
  event->data = 0;
  if (knote->soft) return file_ready(knote, event);
  struct kind kind;
  bool socket = kind_of(fd, &kind);
  int polled = poll_now(fd);
  bool end, active;
  if (event->filter == EVFILT_READ) {
    end = polled & (socket ? POLLRDHUP : POLLHUP);
    active = polled & (POLLIN | POLLERR);
    event->data = unread(fd);
  } else {
    enum phase phase = socket && kind.type == SOCK_STREAM ? phase_of(fd, kind, polled) : OPEN;
    if (phase == IDLE || phase == CONNECTING) return false;
    end = phase == FINISHED || polled & POLLHUP || (!socket && polled & POLLERR);
    active = polled & (POLLOUT | POLLERR);
    event->data = room_of(fd, socket);
  }
  if (end) event->flags |= EV_EOF;
  if (end && socket) event->fflags = their_errno(shown_error(fd));
  return end || active;
}

/* Returns the number of events, 0 or 1. */
static int deliver(struct kqueue *kq, struct knote *knote, struct kevent *event) {
  struct origin origin;
  bool user = knote->event.filter == EVFILT_USER;
  if (!knote->enabled) return 0;
  if (!user && !(origin_of(knote->event.ident, &origin, NULL) && same(knote->origin, origin))) {
    drop(kq, knote);
    return 0;
  }
  struct kevent found;
  if (!ready(knote, &found)) return 0;
  *event = found;
  if (knote->event.flags & EV_CLEAR) knote->triggered = false;
  if (knote->event.flags & EV_DISPATCH) knote->enabled = false;
  if (knote->event.flags & EV_ONESHOT) drop(kq, knote);
  else if (!(knote->event.flags & EV_CLEAR) || !knote->enabled) arm(kq, knote, EPOLL_CTL_MOD);
  return 1;
}

static int harvest_soft(struct kqueue *kq, struct kevent *events, int room) {
  uint64_t count;
  int found = 0;
  syscall(SYS_read, kq->wake, &count, sizeof count);
  struct knote *knote = kq->soft, *next;
  for (; knote != NULL && found < room; knote = next) {
    next = knote->next_soft;
    found += deliver(kq, knote, events + found);
  }
  if (knote != NULL) announce(kq); /* not all were looked at */
  return found;
}

/* Takes no more edges than there is room for: an edge taken and not told would be lost. */
static int harvest_watch(struct kqueue *kq, int filter, struct kevent *events, int room) {
  struct epoll_event edges[BATCH];
  int found = 0, count = epoll_wait(watch_of(kq, filter), edges, room < BATCH ? room : BATCH, 0);
  for (int i = 0; i < count; i++) {
    struct knote *knote = *place_of(kq, (uint32_t) edges[i].data.u64, filter);
    if (knote != NULL && knote->serial == edges[i].data.u64 >> 32) found += deliver(kq, knote, events + found);
  }
  return found;
}

/* A different source comes first each time, so that none starves the others of a short list. */
static int harvest(struct kqueue *kq, struct kevent *events, int room) {
  int found = 0;
  kq->turn++;
  for (int i = 0; i < 3 && found < room; i++) {
    int source = (kq->turn + i) % 3;
    found += source == 0 ? harvest_soft(kq, events + found, room - found)
      : harvest_watch(kq, source == 1 ? EVFILT_READ : EVFILT_WRITE, events + found, room - found);
  }
  return found;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * SECOND + time.tv_nsec;
}

/* Under the lock, which it leaves while it sleeps. A wake-up is a hint only: what is there is found by harvesting. */
static int await(struct kqueue *kq, struct kevent *events, int room, const struct timespec *timeout) {
  int64_t deadline = 0;
  if (timeout != NULL) {
    if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= SECOND) return -EINVAL;
    deadline = now() + (timeout->tv_sec < INT_MAX ? timeout->tv_sec : INT_MAX) * SECOND + timeout->tv_nsec;
  }
  for (;;) {
    int found = harvest(kq, events, room);
    if (found > 0) return found;
    struct pollfd sources[] = { { kq->watch[0], POLLIN, 0 }, { kq->watch[1], POLLIN, 0 }, { kq->wake, POLLIN, 0 } };
    int64_t left = timeout == NULL ? 0 : deadline - now();
    struct timespec rest = { left > 0 ? left / SECOND : 0, left > 0 ? left % SECOND : 0 };
    unlock();
    int woken = ppoll(sources, 3, timeout == NULL ? NULL : &rest, NULL);
    int error = errno;
    lock();
    if (kq->closed) return -EBADF;
    if (woken == -1) return -error;
    if (woken == 0) return 0;
  }
}

/* macOS looks at the time before it looks at the changes; it took this many seconds at most, and of late 68 years. */
enum { LONGEST_WAIT = 100000000 };

/* For tests: the calls that ask for events, and what is said of descriptors together with that and apart from it. */
enum { ASKED, TOLD_WITH_IT, TOLD_APART, COUNTS };

static uint64_t counts[COUNTS];

static void count(const struct kevent *changes, int nchanges, bool asks) {
  counts[ASKED] += asks;
  for (int i = 0; i < nchanges; i++) counts[asks ? TOLD_WITH_IT : TOLD_APART] += changes[i].filter != EVFILT_USER;
}

/* No call of BSD's; all of them at one moment. */
void kevent_counts(uint64_t copy[COUNTS]) {
  lock();
  memcpy(copy, counts, sizeof counts);
  unlock();
}

BSD_CALL(int, kevent, int fd, const struct kevent *changes, int nchanges, struct kevent *events, int nevents,
         const struct timespec *timeout) {
  int found = 0, error = 0;
  lock();
  count(changes, nchanges, nevents > 0);
  struct kqueue *kq = kqueue_of(fd);
  if (kq == NULL) error = EBADF;
  else if (PICK(true, false) && timeout != NULL && timeout->tv_sec > LONGEST_WAIT) error = EINVAL;
  for (int i = 0; error == 0 && i < nchanges; i++) {
    struct kevent change = changes[i]; /* the two lists may be one */
    int refused = apply(kq, &change);
    if (refused == 0 && !(change.flags & EV_RECEIPT)) continue;
    change.flags = PICK(change.flags | EV_ERROR, EV_ERROR);
    change.data = their_errno(refused);
    if (found < nevents) events[found++] = change;
    else error = refused;
  }
  if (error == 0 && found == 0 && nevents > 0) {
    kq->users++;
    found = await(kq, events, nevents, timeout);
    kq->users--;
    release(kq);
    if (found < 0) error = -found;
  }
  unlock();
  return error == 0 ? found : fail(error);
}
