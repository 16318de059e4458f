// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/confinement.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>

#include "exporter/sandbox/landlock.h"
#include "exporter/sandbox/refusal_watch.h"
#include "exporter/sandbox/sanitizers.h"
#include "exporter/system/atomic_file.h"
#include "exporter/system/file.h"
#include "exporter/system/unique_fd.h"
#include "tests/support/forked.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

using Say = std::function<void(const std::string&)>;

/// Tells each attempt by its name and how it ended.
class Attempts {
 public:
  explicit Attempts(Say say) : say_{std::move(say)} {}

  void operator()(const std::string& name, long result) {
    const int error = errno;
    if (result >= 0)
      say_(name + " done\n");
    else if (error == EPERM || error == EACCES || error == ENOSYS)
      say_(name + " refused\n");
    else
      say_(name + " errno " + std::to_string(error) + '\n');
  }

 private:
  Say say_;
};

void repeat(std::string& text, const std::string& names,
            const std::string& how) {
  for (std::size_t at = 0; at < names.size();) {
    const auto end = std::min(names.find(' ', at), names.size());
    text.append(names, at, end - at).append(' ' + how + '\n');
    at = end + 1;
  }
}

std::string all(const std::string& names, const std::string& how) {
  std::string text;
  repeat(text, names, how);
  return text;
}

/// A state directory with a lock and a log.
TempTree state_dir() {
  return TempTree{{"agents/main/sessions/a.jsonl.lock", "{\"pid\": 1}"},
                  {"openclaw.log", "a line\n"},
                  TreeEntry::directory("storage")};
}

bool makes_unnamed_files(const TempTree& tree) {
  const UniqueFd file{
      ::open(tree.root().c_str(), O_TMPFILE | O_EXCL | O_WRONLY, 0600)};
  return static_cast<bool>(file);
}

const std::string kChanges =
    "write append read_write truncating create unlink unlinkat rename renameat "
    "mkdir rmdir link symlink mknod truncate chmod fchmod fchmodat chown "
    "fchown utime utimensat setxattr fsetxattr removexattr flock lock chattr "
    "unnamed nameable openat2";

/// Every way to change what lies below a state directory.
void try_changes(const Say& say, const TempTree& tree) {
  Attempts attempt{say};
  const auto lock = tree.path("agents/main/sessions/a.jsonl.lock");
  const auto other = tree.path("agents/main/sessions/b.jsonl.lock");
  const auto root = tree.root().string();
  const int held = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC);
  attempt("write", ::open(lock.c_str(), O_WRONLY));
  attempt("append", ::open(lock.c_str(), O_WRONLY | O_APPEND));
  attempt("read_write", ::open(lock.c_str(), O_RDWR));
  attempt("truncating", ::open(lock.c_str(), O_RDONLY | O_TRUNC));
  attempt("create", ::open(other.c_str(), O_RDONLY | O_CREAT, 0600));
  attempt("unlink", ::unlink(lock.c_str()));
  attempt("unlinkat", ::unlinkat(AT_FDCWD, lock.c_str(), 0));
  attempt("rename", std::rename(lock.c_str(), other.c_str()));
  attempt("renameat",
          ::renameat(AT_FDCWD, lock.c_str(), AT_FDCWD, other.c_str()));
  attempt("mkdir", ::mkdir(tree.path("new").c_str(), 0700));
  attempt("rmdir", ::rmdir(tree.path("storage").c_str()));
  attempt("link", ::link(lock.c_str(), other.c_str()));
  attempt("symlink", ::symlink(lock.c_str(), other.c_str()));
  attempt("mknod", ::mknod(other.c_str(), S_IFIFO | 0600, 0));
  attempt("truncate", ::truncate(lock.c_str(), 0));
  attempt("chmod", ::chmod(lock.c_str(), 0666));
  attempt("fchmod", ::fchmod(held, 0666));
  attempt("fchmodat", ::fchmodat(AT_FDCWD, lock.c_str(), 0666, 0));
  attempt("chown", ::chown(lock.c_str(), ::getuid(), ::getgid()));
  attempt("fchown", ::fchown(held, ::getuid(), ::getgid()));
  attempt("utime", ::utime(lock.c_str(), nullptr));
  attempt("utimensat", ::utimensat(AT_FDCWD, lock.c_str(), nullptr, 0));
  attempt("setxattr", ::setxattr(lock.c_str(), "user.a", "b", 1, 0));
  attempt("fsetxattr", ::fsetxattr(held, "user.a", "b", 1, 0));
  attempt("removexattr", ::removexattr(lock.c_str(), "user.a"));
  attempt("flock", ::flock(held, LOCK_SH | LOCK_NB));
  struct flock range {};
  range.l_type = F_RDLCK;
  attempt("lock", ::fcntl(held, F_SETLK, &range));
  int flags = 0;
  attempt("chattr", ::ioctl(held, FS_IOC_SETFLAGS, &flags));
  attempt("unnamed", ::open(root.c_str(), O_TMPFILE | O_EXCL | O_WRONLY, 0600));
  attempt("nameable", ::open(root.c_str(), O_TMPFILE | O_WRONLY, 0600));
  struct {
    std::uint64_t flags = O_WRONLY, mode = 0, resolve = 0;
  } how;
  attempt("openat2", ::syscall(437, AT_FDCWD, lock.c_str(), &how, sizeof how));
}

const std::string kDeeds =
    "execve execveat fork vfork clone ptrace signal queue mount unshare setns "
    "module key bpf io_uring handle chroot setuid tgkill";

/// Everything that is not a file's.
void try_deeds(const Say& say) {
  Attempts attempt{say};
  char name[] = "/bin/true";
  char* const arguments[] = {name, nullptr};
  attempt("execve", ::execv(name, arguments));
  attempt("execveat",
          ::syscall(SYS_execveat, AT_FDCWD, name, arguments, arguments, 0));
  attempt("fork", ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
#ifdef SYS_fork
  attempt("vfork", ::syscall(SYS_fork));
#else
  errno = EPERM;
  attempt("vfork", -1);
#endif
  attempt("clone", ::syscall(435, nullptr, 0));
  if (kLeakSanitizer)
    say("ptrace refused\n");
  else
    attempt("ptrace", ::ptrace(PTRACE_TRACEME, 0, 0, 0));
  attempt("signal", ::kill(::getppid(), 0));
  attempt("queue", ::syscall(SYS_rt_sigqueueinfo, ::getppid(), 0, nullptr));
  attempt("mount", ::mount("none", "/", "tmpfs", 0, nullptr));
  attempt("unshare", ::syscall(SYS_unshare, 0));
  attempt("setns", ::syscall(SYS_setns, 0, 0));
  attempt("module", ::syscall(SYS_delete_module, "none", 0));
  attempt("key", ::syscall(SYS_keyctl, 0, 0, 0, 0, 0));
  attempt("bpf", ::syscall(SYS_bpf, 0, nullptr, 0));
  attempt("io_uring", ::syscall(425, 1, nullptr));
  attempt("handle", ::syscall(SYS_open_by_handle_at, AT_FDCWD, nullptr, 0));
  attempt("chroot", ::chroot("/"));
  attempt("setuid", ::syscall(SYS_setuid, ::getuid()));
  attempt("tgkill", ::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0));
}

const std::string kSockets = "tcp tcp6 udp raw netlink vsock unix";

void try_sockets(const Say& say) {
  Attempts attempt{say};
  attempt("tcp", ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  attempt("tcp6", ::socket(AF_INET6, SOCK_STREAM, 0));
  attempt("udp", ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  attempt("raw", ::socket(AF_INET6, SOCK_RAW, 0));
  attempt("netlink", ::socket(AF_NETLINK, SOCK_RAW, 0));
  attempt("vsock", ::socket(AF_VSOCK, SOCK_STREAM, 0));
  attempt("unix", ::socket(AF_UNIX, SOCK_STREAM, 0));
}

const std::string kReading =
    "read list stat inotify proc environ root thread raise clock";

/// What every thread goes on doing.
void try_reading(const Say& say, const TempTree& tree) {
  Attempts attempt{say};
  const auto lock = tree.path("agents/main/sessions/a.jsonl.lock");
  attempt("read", read_small_file(lock, 100) ? 0 : -1);
  const auto directory = open_directory(tree.root());
  attempt("list", directory && list_directory(*directory,
                                              [](auto, auto) { return true; })
                      ? 0
                      : -1);
  struct stat found {};
  attempt("stat", ::stat(lock.c_str(), &found));
  const int watch = ::inotify_init1(IN_CLOEXEC);
  attempt("inotify",
          ::inotify_add_watch(watch, tree.root().c_str(), IN_CREATE));
  attempt("proc", read_small_file("/proc/1/stat", 4096) ? 0 : -1);
  attempt("environ",
          ::open(("/proc/" + std::to_string(::getppid()) + "/environ").c_str(),
                 O_RDONLY));
  attempt("root",
          ::open(("/proc/" + std::to_string(::getppid()) + "/root").c_str(),
                 O_PATH));
  int made = -1;
  std::thread{[&] { made = 0; }}.join();
  attempt("thread", made);
  attempt("raise", ::raise(SIGCHLD));
  timespec now{};
  attempt("clock", ::clock_gettime(CLOCK_REALTIME, &now));
}

bool has_landlock() { return ::syscall(444, nullptr, 0UL, 1U) >= 1; }

}  // namespace

TEST_CASE(
    "confine_this_thread: a reader changes nothing, and goes on reading") {
  const auto tree = state_dir();
  Duties duties;
  duties.looks_into_processes = true;
  CHECK(in_child([&](const Say& say) {
          confine_this_thread(duties);
          try_changes(say, tree);
        }) == all(kChanges, "refused"));
  CHECK(in_child([&](const Say& say) {
          confine_this_thread(duties);
          try_deeds(say);
          try_sockets(say);
        }) == all(kDeeds, "refused") + all(kSockets, "refused"));
  CHECK(in_child([&](const Say& say) {
          confine_this_thread(duties);
          try_reading(say, tree);
        }) == all(kReading, "done"));
  CHECK(tree.root() / "storage" == tree.path("storage"));
}

TEST_CASE("confine_this_thread: a reader's call that is not listed fails") {
  Duties duties;
  duties.looks_into_processes = true;
  CHECK(in_child([&](const Say& say) {
          confine_this_thread(duties);
          for (const long number :
               {long{SYS_memfd_create}, long{SYS_splice}, long{SYS_listxattr},
                long{SYS_timer_create}, long{SYS_sched_setscheduler},
                long{SYS_socket}, 600L, 1L << 30}) {
            const bool refused =
                ::syscall(number, 0, 0, 0, 0, 0, 0) == -1 && errno == EPERM;
            if (!refused) say(std::to_string(number) + " not refused\n");
          }
          const int limit =
              ::prlimit(::getppid(), RLIMIT_NOFILE, nullptr, nullptr);
          if (limit == 0 || errno != EPERM) say("limits of others\n");
          rlimit own{};
          if (::getrlimit(RLIMIT_NOFILE, &own) != 0) say("no limits\n");
        }).empty());
}

TEST_CASE("RefusalWatch: a call that is not listed fails, and is told once") {
  Duties duties;
  duties.looks_into_processes = true;
  const auto said = in_child([&](const Say& say) {
    RefusalWatch watch;
    UniqueFd unlisted;
    confine_this_thread(duties, &unlisted);
    if (!unlisted) say("no listener\n");
    watch.begin(std::move(unlisted));
    const auto call = [&](long number) {
      errno = 0;
      ::syscall(number, 0, 0, 0, 0, 0, 0);
      say(errno == EPERM ? "refused\n"
                         : "errno " + std::to_string(errno) + '\n');
    };
    std::thread{[&] {
      call(SYS_memfd_create);
      call(SYS_memfd_create);
    }}.join();
    for (const auto& refused : watch.take()) say(refused.name + '\n');
    call(SYS_memfd_create);
    call(SYS_splice);
    for (const auto& refused : watch.take()) say(refused.name + '\n');
  });
  if (said.starts_with("no listener\n")) {
    MESSAGE("no seccomp_unotify here");
    return;
  }
  CHECK(said == "refused\nrefused\nmemfd_create\nrefused\nrefused\nsplice\n");
}

TEST_CASE("confine_this_thread: the threads that it makes are confined, too") {
  const auto tree = state_dir();
  CHECK(in_child([&](const Say& say) {
          confine_this_thread({});
          std::thread{[&] {
            try_changes(say, tree);
            try_deeds(say);
          }}.join();
        }) == all(kChanges, "refused") + all(kDeeds, "refused"));
}

TEST_CASE("confine_this_thread: without it, all of that can be done") {
  // Else the tests above would prove nothing.
  const auto tree = state_dir();
  const auto said = in_child([&](const Say& say) { try_changes(say, tree); });
  for (const auto* change : {"write done", "create done", "unlink done",
                             "mkdir done", "flock done", "chmod errno 2"}) {
    CAPTURE(change);
    CHECK(said.find(change) != said.npos);
  }
}

TEST_CASE("confine_this_thread: a probe makes unnamed files and no others") {
  const auto tree = state_dir();
  if (!makes_unnamed_files(tree)) {
    MESSAGE("no unnamed files here");
    return;
  }
  Duties duties;
  duties.looks_into_processes = true;
  duties.probes_disks = true;
  const auto said = in_child([&](const Say& say) {
    confine_this_thread(duties);
    try_changes(say, tree);
  });
  auto expected = all(kChanges, "refused");
  const std::string unnamed = "unnamed refused";
  expected.replace(expected.find(unnamed), unnamed.size(), "unnamed done");
  CHECK(said == expected);
}

TEST_CASE("confine_this_thread: a writer writes below its directory alone") {
  if (!has_landlock()) {
    MESSAGE("no Landlock here");
    return;
  }
  const auto tree = state_dir();
  Duties duties;
  duties.writes_below = {tree.root() / "storage"};
  const auto said = in_child([&](const Say& say) {
    const auto confinement = confine_this_thread(duties);
    say(std::to_string(confinement.missing.size()) + " missing\n");
    Attempts attempt{say};
    const auto lock = tree.path("agents/main/sessions/a.jsonl.lock");
    const auto kept = tree.path("storage/kept");
    attempt("keep", write_atomically(kept, "1", 0644) ? -1 : 0);
    attempt("keep_again", write_atomically(kept, "2", 0644) ? -1 : 0);
    attempt("create", ::open(tree.path("b").c_str(), O_WRONLY | O_CREAT, 0600));
    attempt("write", ::open(lock.c_str(), O_WRONLY));
    attempt("unlink", ::unlink(lock.c_str()));
    attempt("take", std::rename(lock.c_str(), tree.path("storage/a").c_str()));
    attempt("replace", std::rename(kept.c_str(), lock.c_str()));
    attempt("mkdir", ::mkdir(tree.path("new").c_str(), 0700));
    attempt("chmod", ::chmod(kept.c_str(), 0666));
    attempt("link", ::link(lock.c_str(), tree.path("storage/l").c_str()));
    const int locked = ::open(kept.c_str(), O_RDWR);
    attempt("lock_its_own", ::flock(locked, LOCK_EX | LOCK_NB));
    attempt("remove_its_own", ::unlink(kept.c_str()));
    try_deeds(say);
    try_sockets(say);
  });
  CHECK(said == "0 missing\n" + all("keep keep_again", "done") +
                    all("create write unlink take replace mkdir chmod link",
                        "refused") +
                    all("lock_its_own remove_its_own", "done") +
                    all(kDeeds, "refused") + all(kSockets, "refused"));
}

TEST_CASE("confine_this_thread: files of a writer have the mode they ask for") {
  const TempTree tree{TreeEntry::directory("storage")};
  Duties duties;
  duties.writes_below = {tree.root() / "storage"};
  CHECK(in_child([&](const Say&) {
          ::umask(0077);
          confine_this_thread(duties);
          if (write_atomically(tree.path("storage/a"), "1", 0644))
            throw std::exception{};
        }).empty());
  struct stat found {};
  REQUIRE(::stat(tree.path("storage/a").c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0644);
}

TEST_CASE("confine_this_thread: one that serves listens, and changes nothing") {
  const auto tree = state_dir();
  Duties duties;
  duties.listens = true;
  CHECK(in_child([&](const Say& say) {
          confine_this_thread(duties);
          try_changes(say, tree);
          try_sockets(say);
        }) == all(kChanges, "refused") + all("tcp tcp6", "done") +
                  all("udp raw netlink vsock", "refused") + "unix done\n");
  CHECK(in_child([&](const Say& say) {
          confine_this_thread(duties);
          Attempts attempt{say};
          const int server = ::socket(AF_INET, SOCK_STREAM, 0);
          sockaddr_in address{};
          address.sin_family = AF_INET;
          address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
          socklen_t size = sizeof address;
          auto* const generic = reinterpret_cast<sockaddr*>(&address);
          attempt("bind", ::bind(server, generic, size));
          attempt("listen", ::listen(server, 1));
          attempt("name", ::getsockname(server, generic, &size));
          const int client = ::socket(AF_INET, SOCK_STREAM, 0);
          attempt("connect", ::connect(client, generic, size));
          attempt("fast_open",
                  ::sendto(client, "a", 1, MSG_FASTOPEN | MSG_NOSIGNAL, generic,
                           size));
          msghdr message{};
          message.msg_name = generic;
          message.msg_namelen = size;
          attempt("fast_open_message",
                  ::sendmsg(client, &message, MSG_FASTOPEN));
        }) == all("bind listen name", "done") +
                  all("connect fast_open fast_open_message", "refused"));
}

TEST_CASE("confine_this_thread: a unix socket is made in its directory alone") {
  if (!has_landlock()) {
    MESSAGE("no Landlock here");
    return;
  }
  const auto tree = state_dir();
  Duties duties;
  duties.listens = true;
  duties.sockets_below = {tree.root() / "storage"};
  const auto said = in_child([&](const Say& say) {
    confine_this_thread(duties);
    Attempts attempt{say};
    const auto bind_to = [&](const std::string& path) {
      const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      path.copy(address.sun_path, sizeof address.sun_path - 1);
      return ::bind(server, reinterpret_cast<const sockaddr*>(&address),
                    sizeof address);
    };
    attempt("there", bind_to(tree.path("storage/s")));
    attempt("elsewhere", bind_to(tree.path("s")));
    attempt("mode", ::chmod(tree.path("storage/s").c_str(), kUnixSocketMode));
    attempt("other_mode", ::chmod(tree.path("storage/s").c_str(), 0666));
    attempt("remove", ::unlink(tree.path("storage/s").c_str()));
    attempt("file",
            ::open(tree.path("storage/f").c_str(), O_WRONLY | O_CREAT, 0600));
    attempt("unlink", ::unlink(tree.path("openclaw.log").c_str()));
  });
  CHECK(said ==
        "there done\nelsewhere refused\nmode done\nother_mode refused\nremove "
        "done\nfile refused\n"
        "unlink refused\n");
}

TEST_CASE("confine_this_thread: a connection goes to the named port alone") {
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(server, generic, size) == 0);
  REQUIRE(::listen(server, 8) == 0);
  REQUIRE(::getsockname(server, generic, &size) == 0);
  const auto connect_with = [&](int port) {
    return in_child([&](const Say& say) {
      Duties duties;
      duties.connects = true;
      duties.connects_to = {port};
      confine_this_thread(duties);
      Attempts attempt{say};
      const int client = ::socket(AF_INET, SOCK_STREAM, 0);
      attempt("connect", ::connect(client, generic, size));
    });
  };
  CHECK(connect_with(ntohs(address.sin_port)) == "connect done\n");
  Duties any;
  if (::syscall(444, nullptr, 0UL, 1U) >= 4)
    CHECK(connect_with(1) == "connect refused\n");
  ::close(server);
}

TEST_CASE("confine_this_thread: whom Landlock confines looks into no process") {
  if (!has_landlock()) {
    MESSAGE("no Landlock here");
    return;
  }
  const auto tree = state_dir();
  const auto said = in_child([&](const Say& say) {
    confine_this_thread({});
    try_reading(say, tree);
  });
  CHECK(said.find("root refused") != said.npos);
  CHECK(said.find("read done") != said.npos);
}

TEST_CASE("confine_this_thread: no capability is left that is not needed") {
  const auto tree = state_dir();
  const auto status_of = [](const Duties& duties) {
    return in_child([&](const Say& say) {
      const auto confinement = confine_this_thread(duties);
      const auto status = read_small_file("/proc/thread-self/status", 8192);
      for (const auto* name : {"CapInh:", "CapPrm:", "CapEff:", "CapBnd:",
                               "CapAmb:", "NoNewPrivs:", "Seccomp:"}) {
        const auto at = status->find(name);
        say(status->substr(at, status->find('\n', at) + 1 - at));
      }
      say(confinement.capabilities + '\n');
    });
  };
  Duties duties;
  duties.looks_into_processes = true;
  const std::string rest =
      "CapAmb:\t0000000000000000\nNoNewPrivs:\t1\n"
      "Seccomp:\t2\n";
  const std::string none = "\t0000000000000000\n";
  if (::getuid() != 0) {
    CHECK(status_of(duties).find("CapPrm:" + none + "CapEff:" + none) !=
          std::string::npos);
    return;
  }
  const std::string both = "\t0000000000080004\n";
  CHECK(status_of(duties) == "CapInh:" + none + "CapPrm:" + both +
                                 "CapEff:" + both + "CapBnd:" + none + rest +
                                 "dac_read_search,sys_ptrace\n");
  duties.probes_disks = true;
  duties.uses_low_ports = true;
  const std::string four = "\t0000000000080406\n";
  CHECK(status_of(duties) ==
        "CapInh:" + none + "CapPrm:" + four + "CapEff:" + four +
            "CapBnd:" + none + rest +
            "dac_override,dac_read_search,net_bind_service,sys_ptrace\n");
}

TEST_CASE("hide_memory: the process leaves no core dump") {
  CHECK(in_child([](const Say& say) {
          hide_memory();
          say(std::to_string(::prctl(PR_GET_DUMPABLE)));
          if (!read_small_file("/proc/self/stat", 4096)) say("no stat");
          if (!open_directory("/proc/self/fd")) say("no fd");
        }) == (kLeakSanitizer ? "1" : "0"));
}
