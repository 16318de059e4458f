// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/temp_tree.h"

namespace openclaw_lock {

/// mountinfo of a process that sees one file system at its root.
inline std::string root_mount(const std::string& type = "ext4") {
  return "25 1 254:0 / / rw,relatime shared:1 - " + type +
         " /dev/vda rw,discard\n";
}

/// A process of a FakeProcfs.
struct FakeProcess {
  int pid = 0;
  std::uint64_t start_ticks = 0;
  std::string comm = "openclaw";
  char state = 'S';
  std::vector<int> ns_pids = {};  ///< empty: only its pid
  std::uint32_t flags = 4194560;
  std::int64_t threads = 11;
  /// Directory that its root link leads to; empty: no link.
  std::string root = "/";
  std::string mountinfo = root_mount();
  std::string timens_offsets = "monotonic 0 0\nboottime 0 0\n";
  int parent = 1;
};

/// A tree that looks like procfs to the readers: one mount of one ext4 file
/// system at `/`, booted at 2026-11-20T22:48:38Z.
class FakeProcfs {
 public:
  static constexpr std::int64_t kBootSeconds = 1795214918;

  FakeProcfs() {
    tree_.add({"stat", "cpu  1 2 3\nbtime " + std::to_string(kBootSeconds) +
                           "\nprocesses 7\n"});
    tree_.add({"self/mountinfo", root_mount()});
    tree_.add({"self/timens_offsets", "monotonic 0 0\nboottime 0 0\n"});
  }

  /// kthreadd: what shows that this is the initial PID namespace.
  void add_kthreadd() {
    FakeProcess kthreadd{2, 0, "kthreadd"};
    kthreadd.flags = 2129984;
    kthreadd.threads = 1;
    kthreadd.root.clear();
    kthreadd.mountinfo = "";
    add(kthreadd);
  }

  void add(const FakeProcess& process) {
    const auto base = std::to_string(process.pid) + '/';
    tree_.add({base + "stat", stat_text(process)});
    tree_.add({base + "status", status_text(process)});
    tree_.add({base + "comm", process.comm + '\n'});
    tree_.add({base + "mountinfo", process.mountinfo});
    tree_.add({base + "timens_offsets", process.timens_offsets});
    if (!process.root.empty())
      tree_.add(TreeEntry::symlink(base + "root", process.root));
  }

  void write(const std::string& path, const std::string& text) {
    tree_.add({path, text});
  }
  void add(const TreeEntry& entry) { tree_.add(entry); }
  void remove(const std::string& path) const { tree_.remove(path); }

  const std::filesystem::path& path() const { return tree_.root(); }

  static std::string stat_text(const FakeProcess& process) {
    return std::to_string(process.pid) + " (" + process.comm + ") " +
           process.state + ' ' + std::to_string(process.parent) + " 1 1 0 -1 " +
           std::to_string(process.flags) + " 1 2 3 4 5 6 7 8 20 0 " +
           std::to_string(process.threads) + " 0 " +
           std::to_string(process.start_ticks) +
           " 1464709120 19600 18446744073709551615 0 0 0\n";
  }

 private:
  static std::string status_text(const FakeProcess& process) {
    auto pids = process.ns_pids;
    if (pids.empty()) pids = {process.pid};
    std::string text = "Name:\t" + process.comm + "\nPid:\t" +
                       std::to_string(process.pid) + "\nNSpid:";
    for (const int pid : pids) text += '\t' + std::to_string(pid);
    return text + "\nNSpgid:\t1\n";
  }

  TempTree tree_;
};

}  // namespace openclaw_lock
