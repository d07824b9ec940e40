/* refuse ERROR CALL COMMAND...: runs COMMAND behind a seccomp filter that answers one call with an error. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int number_of(const char *call) {
  if (strcmp(call, "io_uring_setup") == 0) return SYS_io_uring_setup;
  if (strcmp(call, "io_uring_enter") == 0) return SYS_io_uring_enter;
  if (strcmp(call, "io_uring_register") == 0) return SYS_io_uring_register;
  if (strcmp(call, "epoll_create1") == 0) return SYS_epoll_create1;
  if (strcmp(call, "epoll_ctl") == 0) return SYS_epoll_ctl;
  if (strcmp(call, "listen") == 0) return SYS_listen;
  return -1;
}

static int error_of(const char *name) {
  if (strcmp(name, "EPERM") == 0) return EPERM;
  if (strcmp(name, "ENOSYS") == 0) return ENOSYS;
  if (strcmp(name, "ENOMEM") == 0) return ENOMEM;
  if (strcmp(name, "EADDRINUSE") == 0) return EADDRINUSE;
  return -1;
}

int main(int count, char **words) {
  int error = count < 4 ? -1 : error_of(words[1]);
  int call = count < 4 ? -1 : number_of(words[2]);
  if (error < 0 || call < 0) {
    fprintf(stderr, "usage: refuse ERROR CALL COMMAND..., of those that are known here\n");
    return 2;
  }
  struct sock_filter steps[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = { sizeof steps / sizeof steps[0], steps };
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    perror("prctl");
    return 3;
  }
  execvp(words[3], words + 3);
  perror(words[3]);
  return 4;
}
