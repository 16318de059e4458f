// SPDX-License-Identifier: Apache-2.0
// What an intruder in the exporter could do. Preloaded (LD_PRELOAD), it stands for code that took over a thread: when a
// part of the exporter first calls a function that only that part calls, it tries to change INTRUDER_STATE, to run a
// program, to make a connection to port INTRUDER_PORT and more, and writes "intruder PART DEED done|refused" to standard
// error.
//
// Called as a program, `intruder COMMAND...` runs the command where the kernel knows no Landlock.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

static void tell(const char* part, const char* deed, long result) {
  const int error = errno;
  const int refused = result < 0 && (error == EPERM || error == EACCES);
  char line[200];
  const int size = snprintf(line, sizeof line, "intruder %s %s %s%.0d\n", part, deed,
                            result >= 0 ? "done" : refused ? "refused" : "failed ", result >= 0 || refused ? 0 : error);
  if (write(2, line, (size_t)size) < 0) _exit(99);
}

static long connect_home(void) {
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (client < 0) return client;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  address.sin_port = htons((unsigned short)atoi(getenv("INTRUDER_PORT")));
  const long result = connect(client, (const struct sockaddr*)&address, sizeof address);
  const int error = errno;
  close(client);
  errno = error;
  return result;
}

static void try_all(const char* part, atomic_flag* once) {
  const char* const state = getenv("INTRUDER_STATE");
  if (state == NULL || atomic_flag_test_and_set(once)) return;
  const int saved = errno;
  char lock[500], other[500];
  snprintf(lock, sizeof lock, "%s/agents/main/sessions/a.jsonl.lock", state);
  snprintf(other, sizeof other, "%s/agents/main/sessions/b.jsonl.lock", state);
  char* const arguments[] = {"/bin/true", NULL};
  tell(part, "unlink", unlink(lock));
  tell(part, "rename", syscall(SYS_renameat2, AT_FDCWD, lock, AT_FDCWD, other, 0));
  tell(part, "write", open(lock, O_WRONLY | O_CLOEXEC));
  tell(part, "create", open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  tell(part, "mkdir", mkdir(other, 0700));
  tell(part, "link", link(lock, other));
  tell(part, "symlink", symlink(lock, other));
  tell(part, "truncate", truncate(lock, 0));
  tell(part, "chmod", chmod(lock, 0666));
  tell(part, "chown", chown(lock, 0, 0));
  tell(part, "xattr", setxattr(lock, "user.a", "b", 1, 0));
  tell(part, "exec", execve(arguments[0], arguments, arguments));
  tell(part, "fork", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  tell(part, "ptrace", ptrace(PTRACE_SEIZE, getppid(), NULL, NULL));
  tell(part, "signal", kill(getppid(), 0));
  tell(part, "udp", socket(AF_INET, SOCK_DGRAM, 0));
  tell(part, "connect", connect_home());
  errno = saved;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int sigtimedwait(const sigset_t* set, siginfo_t* info, const struct timespec* timeout) {
  static atomic_flag once = ATOMIC_FLAG_INIT;
  try_all("first", &once);
  return NEXT(sigtimedwait)(set, info, timeout);
}

int inotify_add_watch(int instance, const char* path, unsigned mask) {
  int inotify_add_watch(int, const char*, unsigned);
  static atomic_flag once = ATOMIC_FLAG_INIT;
  try_all("reader", &once);
  return NEXT(inotify_add_watch)(instance, path, mask);
}

int rename(const char* from, const char* to) {
  static atomic_flag once = ATOMIC_FLAG_INIT;
  try_all("writer", &once);
  return NEXT(rename)(from, to);
}

ssize_t recv(int from, void* buffer, size_t size, int flags) {
  static atomic_flag once = ATOMIC_FLAG_INIT;
  if (getenv("INTRUDER_STATE") != NULL) try_all("server", &once);
  return NEXT(recv)(from, buffer, size, flags);
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 444, 0, 2),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 446, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog filter = {sizeof program / sizeof *program, program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) return 3;
  execvp(argv[1], argv + 1);
  return 4;
}
