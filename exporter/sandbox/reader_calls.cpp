// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/reader_calls.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <vector>

#include "exporter/sandbox/sanitizers.h"

namespace openclaw_lock {
namespace {

/// Names of all architectures; those that this one has not are left out.
constexpr std::array kForReaders{
    // files
    "open", "openat", "close", "close_range", "read", "readv", "pread64",
    "preadv", "preadv2", "write", "writev", "pwrite64", "lseek", "_llseek",
    "stat", "stat64", "fstat", "fstat64", "lstat", "lstat64", "newfstatat",
    "fstatat64", "statx", "statfs", "statfs64", "fstatfs", "fstatfs64",
    "access", "faccessat", "faccessat2", "getxattr", "readlink", "readlinkat",
    "getdents", "getdents64", "getcwd", "dup", "dup2", "dup3", "fcntl",
    "fcntl64", "ioctl", "fadvise64", "fadvise64_64", "readahead",
    "name_to_handle_at",
    // a disk probe
    "fsync", "fdatasync",
    // events
    "poll", "ppoll", "ppoll_time64", "select", "_newselect", "pselect6",
    "pselect6_time64", "epoll_create", "epoll_create1", "epoll_ctl",
    "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2",
    "signalfd", "signalfd4", "timerfd_create", "timerfd_settime",
    "timerfd_settime64", "timerfd_gettime", "timerfd_gettime64", "inotify_init",
    "inotify_init1", "inotify_add_watch", "inotify_rm_watch", "pipe", "pipe2",
    // sockets that are there
    "sendto", "sendmsg", "send", "recvfrom", "recvmsg", "recv", "shutdown",
    "getsockopt", "setsockopt", "getsockname", "getpeername",
    // memory
    "brk", "mmap", "mmap2", "munmap", "mremap", "mprotect", "madvise",
    "mincore", "membarrier", "map_shadow_stack",
    // threads; what else these could do is refused by their arguments
    "clone", "clone3", "tgkill", "set_tid_address", "set_robust_list",
    "get_robust_list", "rseq", "futex", "futex_time64", "futex_waitv", "exit",
    "exit_group", "gettid", "prctl", "arch_prctl", "sched_yield",
    "sched_getaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "getcpu", "getpriority",
    // signals of our own
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending",
    "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_sigsuspend", "sigreturn",
    "sigaltstack", "restart_syscall",
    // time
    "nanosleep", "clock_nanosleep", "clock_nanosleep_time64", "clock_gettime",
    "clock_gettime64", "clock_getres", "clock_getres_time64", "gettimeofday",
    "time", "times",
    // who and what there is
    "getpid", "getppid", "getpgrp", "getpgid", "getsid", "getuid", "getuid32",
    "geteuid", "geteuid32", "getgid", "getgid32", "getegid", "getegid32",
    "getgroups", "getgroups32", "getresuid", "getresuid32", "getresgid",
    "getresgid32", "capget", "uname", "sysinfo", "getrandom", "getrusage",
    "getrlimit", "ugetrlimit", "prlimit64", "pidfd_open"};

/// What the library of Debian 12 has no name for, by numbers that nearly every
/// architecture has; the last one is of the kernel's own return probes.
constexpr std::array kNewer{454, 455, 456};  // futex_wake, _wait, _requeue
#if defined(__x86_64__)
constexpr std::array kOfProbes{335, 336};  // uretprobe, uprobe
#else
constexpr std::array<int, 0> kOfProbes{};
#endif

constexpr std::array kForLeakSanitizer{"ptrace", "wait4", "waitid"};

std::vector<std::uint32_t> listed_calls() {
  std::vector<std::uint32_t> numbers;
  const auto add = [&](int number) {
    if (number >= 0) numbers.push_back(static_cast<std::uint32_t>(number));
  };
  for (const auto* name : kForReaders) add(seccomp_syscall_resolve_name(name));
  if (kLeakSanitizer)
    for (const auto* name : kForLeakSanitizer)
      add(seccomp_syscall_resolve_name(name));
  for (const int number : kNewer) add(number);
  for (const int number : kOfProbes) add(number);
  return numbers;
}

sock_filter load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}

/// Goes on with the next instruction where the value is this one.
sock_filter skip_unless(std::uint32_t value) {
  return {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value};
}

sock_filter skip_if(std::uint32_t value) {
  return {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, value};
}

sock_filter answer(std::uint32_t action) {
  return {BPF_RET | BPF_K, 0, 0, action};
}

/// The kernel runs it once for each number and remembers what is allowed
/// (since 5.11), so that its length is no matter.
std::vector<sock_filter> program_for(std::uint32_t unlisted) {
  constexpr std::uint32_t kRefused = SECCOMP_RET_ERRNO | EPERM;
  std::vector<sock_filter> program{
      load(offsetof(seccomp_data, arch)), skip_if(seccomp_arch_native()),
      answer(kRefused), load(offsetof(seccomp_data, nr))};
  for (const auto number : listed_calls()) {
    program.push_back(skip_unless(number));
    program.push_back(answer(SECCOMP_RET_ALLOW));
  }
  program.push_back(answer(unlisted));
  return program;
}

/// At least 0: done; with a listener its descriptor.
int install(std::uint32_t unlisted, unsigned flags) {
  auto program = program_for(unlisted);
  const sock_fprog filter{static_cast<unsigned short>(program.size()),
                          program.data()};
  return static_cast<int>(
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter));
}

}  // namespace

std::string allow_reader_calls(UniqueFd* unlisted) {
  if (unlisted != nullptr) {
    *unlisted = UniqueFd{
        install(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER)};
    if (*unlisted) return {};
  }
  if (install(SECCOMP_RET_ERRNO | EPERM, 0) == 0) return {};
  return "seccomp: " + std::generic_category().message(errno);
}

}  // namespace openclaw_lock
