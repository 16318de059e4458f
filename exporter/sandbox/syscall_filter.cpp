// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/syscall_filter.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <system_error>
#include <type_traits>
#include <vector>

#include "exporter/sandbox/reader_calls.h"
#include "exporter/sandbox/sanitizers.h"

namespace openclaw_lock {
namespace {

using Comparisons = std::vector<scmp_arg_cmp>;

struct ReleaseFilter {
  void operator()(scmp_filter_ctx filter) const { seccomp_release(filter); }
};

/// The filter while it is made; remembers the first rule that failed.
class Filter {
 public:
  /// Not whole: without what a list of calls refuses anyway.
  explicit Filter(bool whole)
      : whole_{whole}, context_{seccomp_init(SCMP_ACT_ALLOW)} {
    if (!context_) return;
    // As a tree: open(2) is called often.
    seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    // Other architectures' calls would end the thread.
    seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH,
                     SCMP_ACT_ERRNO(EPERM));
  }

  void refuse(const char* name, int error,
              const Comparisons& comparisons = {}) {
    refuse(seccomp_syscall_resolve_name(name), error, comparisons);
  }

  template <std::size_t Size>
  void refuse_all(const std::array<const char*, Size>& names) {
    for (const auto* name : names) refuse(name, EPERM);
  }

  /// What the library of Debian 12 has no name for: numbers since 2019 are
  /// those of nearly every architecture.
  void refuse_newer(const char* name, int number) {
    const int known = seccomp_syscall_resolve_name(name);
    refuse(known == __NR_SCMP_ERROR ? number : known, EPERM);
  }

  std::string load() {
    if (!context_) return "seccomp: no memory";
    if (error_ == 0) error_ = seccomp_load(context_.get());
    if (error_ == 0) return {};
    return "seccomp: " + std::generic_category().message(-error_);
  }

 private:
  void refuse(int number, int error, const Comparisons& comparisons) {
    if (!context_ || number == __NR_SCMP_ERROR) return;
    if (!whole_ && error == EPERM && comparisons.empty()) return;
    const int failed = seccomp_rule_add_array(
        context_.get(), SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)),
        number, static_cast<unsigned>(comparisons.size()), comparisons.data());
    if (failed != 0 && error_ == 0) error_ = failed;
  }
  void refuse(int number, int error) { refuse(number, error, {}); }

  const bool whole_;
  std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, ReleaseFilter>
      context_;
  int error_ = 0;
};

scmp_arg_cmp masked(unsigned argument, std::uint64_t mask,
                    std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

scmp_arg_cmp is(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}

scmp_arg_cmp is_not(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_NE, value, 0};
}

constexpr std::array kForNobody{
    // programs
    "execve",
    "execveat",
    "uselib",
    // signals
    "kill",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "pidfd_send_signal",
    // other processes
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "process_mrelease",
    "pidfd_getfd",
    "kcmp",
    "migrate_pages",
    "move_pages",
    // mounts and namespaces
    "mount",
    "umount",
    "umount2",
    "pivot_root",
    "chroot",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "swapon",
    "swapoff",
    "unshare",
    "setns",
    "quotactl",
    "quotactl_fd",
    "open_by_handle_at",
    // the kernel
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "reboot",
    "acct",
    "syslog",
    "vhangup",
    "iopl",
    "ioperm",
    "personality",
    "lookup_dcookie",
    "add_key",
    "request_key",
    "keyctl",
    // the clock and the name of the host
    "settimeofday",
    "stime",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "sethostname",
    "setdomainname",
    // identity
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "setfsuid",
    "setfsgid",
    "setgroups",
    "setuid32",
    "setgid32",
    "setreuid32",
    "setregid32",
    "setresuid32",
    "setresgid32",
    "setfsuid32",
    "setfsgid32",
    "setgroups32",
    // what files are, but not what they hold
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "chown32",
    "fchown32",
    "lchown32",
    "setxattr",
    "lsetxattr",
    "fsetxattr",
    "removexattr",
    "lremovexattr",
    "fremovexattr",
    "utime",
    "utimes",
    "futimesat",
    "utimensat",
    "utimensat_time64",
    "mknod",
    "mknodat",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "rmdir",
    "truncate",
    "truncate64",
    "fanotify_init",
};

/// Names of files and sockets.
constexpr std::array kForThoseThatChangeNames{
    "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat",
};

constexpr std::array kForThoseThatWrite{
    "creat",
    "ftruncate",
    "ftruncate64",
    "fallocate",
};

constexpr std::array kForThoseThatListen{"bind", "listen", "accept", "accept4"};

constexpr std::array kForNewProcesses{"fork", "vfork"};

void refuse_processes(Filter& filter) {
  // With CLONE_THREAD it is one of our own threads.
  filter.refuse("clone3", ENOSYS);
  if (kLeakSanitizer) {
    filter.refuse("clone", EPERM, {masked(0, CLONE_THREAD | CLONE_VM, 0)});
  } else {
    filter.refuse("clone", EPERM, {masked(0, CLONE_THREAD, 0)});
    filter.refuse("ptrace", EPERM);
  }
  filter.refuse_all(kForNewProcesses);
  filter.refuse("tgkill", EPERM,
                {is_not(0, static_cast<std::uint64_t>(::getpid()))});
  filter.refuse("prlimit64", EPERM, {is_not(0, 0)});
}

void refuse_changes_of_attributes(Filter& filter) {
  filter.refuse_newer("fchmodat2", 452);
  filter.refuse_newer("setxattrat", 463);
  filter.refuse_newer("removexattrat", 466);
  filter.refuse_newer("open_tree_attr", 467);
  filter.refuse_newer("file_setattr", 469);
  for (const std::uint64_t request :
       {std::uint64_t{FS_IOC_SETFLAGS}, std::uint64_t{FS_IOC_FSSETXATTR},
        std::uint64_t{FS_IOC_SETVERSION}, std::uint64_t{TIOCSTI}})
    filter.refuse("ioctl", EPERM, {masked(1, UINT32_MAX, request)});
}

void refuse_modes(Filter& filter, const Duties& duties) {
  const Comparisons always{};
  constexpr std::uint64_t kMode = kUnixSocketMode;
  const bool has_one = !duties.sockets_below.empty();
  const Comparisons second = {is_not(1, kMode)};
  const Comparisons third = {is_not(2, kMode)};
  filter.refuse("chmod", EPERM, has_one ? second : always);
  filter.refuse("fchmod", EPERM, has_one ? second : always);
  filter.refuse("fchmodat", EPERM, has_one ? third : always);
}

void refuse_open(Filter& filter, std::uint64_t mask, std::uint64_t value) {
  filter.refuse("open", EPERM, {masked(1, mask, value)});
  filter.refuse("openat", EPERM, {masked(2, mask, value)});
}

/// O_TMPFILE holds the bit of O_DIRECTORY, too.
constexpr std::uint64_t kUnnamed = O_TMPFILE & ~O_DIRECTORY;

void refuse_writing(Filter& filter, const Duties& duties) {
  filter.refuse_all(kForThoseThatWrite);
  if (duties.sockets_below.empty()) filter.refuse("flock", EPERM);
  for (const int lock :
       {F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW, F_SETLEASE}) {
    const auto command = static_cast<std::uint64_t>(lock);
    filter.refuse("fcntl", EPERM, {masked(1, UINT32_MAX, command)});
    filter.refuse("fcntl64", EPERM, {masked(1, UINT32_MAX, command)});
  }
  refuse_open(filter, O_ACCMODE, O_RDWR);
  refuse_open(filter, O_ACCMODE, O_ACCMODE);  // read and write for ioctl(2)
  refuse_open(filter, O_CREAT, O_CREAT);
  refuse_open(filter, O_TRUNC, O_TRUNC);
  if (duties.probes_disks) {
    refuse_open(filter, O_ACCMODE | kUnnamed, O_WRONLY);
    refuse_open(filter, kUnnamed | O_EXCL, kUnnamed);
  } else {
    refuse_open(filter, O_ACCMODE, O_WRONLY);
    refuse_open(filter, kUnnamed, kUnnamed);
  }
}

void refuse_sockets(Filter& filter, const Duties& duties) {
  // SOCK_NONBLOCK and SOCK_CLOEXEC lie above the type.
  constexpr std::uint64_t kType = 0xf;
  if (!duties.connects && duties.sockets_below.empty())
    filter.refuse("connect", EPERM);
  if (!duties.listens) filter.refuse_all(kForThoseThatListen);
  // TCP Fast Open connects without connect(2).
  filter.refuse("sendto", EPERM, {masked(3, MSG_FASTOPEN, MSG_FASTOPEN)});
  filter.refuse("sendmsg", EPERM, {masked(2, MSG_FASTOPEN, MSG_FASTOPEN)});
  filter.refuse("sendmmsg", EPERM, {masked(3, MSG_FASTOPEN, MSG_FASTOPEN)});
  if (!duties.connects && !duties.listens) {
    filter.refuse("socket", EPERM);
    return;
  }
  filter.refuse("socket", EPERM, {{0, SCMP_CMP_GT, AF_INET6, 0}});
  for (std::uint64_t family = 0; family <= AF_INET6; ++family) {
    if (family == AF_UNIX) continue;
    if (family != AF_INET && family != AF_INET6) {
      filter.refuse("socket", EPERM, {is(0, family)});
      continue;
    }
    for (std::uint64_t type = 0; type <= kType; ++type)
      if (type != SOCK_STREAM)
        filter.refuse("socket", EPERM, {is(0, family), masked(1, kType, type)});
  }
}

std::string refuse_calls(const Duties& duties, bool whole) {
  Filter filter{whole};
  filter.refuse("openat2", ENOSYS);
  for (const auto* ring :
       {"io_uring_setup", "io_uring_enter", "io_uring_register"})
    filter.refuse(ring, ENOSYS);
  filter.refuse_all(kForNobody);
  refuse_processes(filter);
  refuse_changes_of_attributes(filter);
  refuse_modes(filter, duties);
  if (duties.writes_below.empty()) refuse_writing(filter, duties);
  if (!duties.changes_names()) filter.refuse_all(kForThoseThatChangeNames);
  refuse_sockets(filter, duties);
  return filter.load();
}

}  // namespace

std::string filter_system_calls(const Duties& duties, UniqueFd* unlisted) {
  if (!duties.looks_into_processes) return refuse_calls(duties, true);
  auto problem = refuse_calls(duties, false);
  if (problem.empty()) problem = allow_reader_calls(unlisted);
  if (!problem.empty()) refuse_calls(duties, true);
  return problem;
}

}  // namespace openclaw_lock
