// Whether a program can make a ring on this machine and enter it: the exit code is 0, or the reason is told.

#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int refused(const char *call) {
  perror(call);
  return 1;
}

int main(void) {
  struct io_uring_params parameters;
  memset(&parameters, 0, sizeof parameters);
  int ring = syscall(SYS_io_uring_setup, 8, &parameters);
  if (ring == -1) return refused("io_uring_setup");
  if (syscall(SYS_io_uring_enter, ring, 0, 0, 0, NULL, 0) == -1) return refused("io_uring_enter");
  /* Timed waits came with 5.11, which is the oldest the library takes. */
  if (!(parameters.features & IORING_FEAT_EXT_ARG)) return fputs("the kernel is too old\n", stderr), 1;
  return 0;
}
