// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>

#include <string>

#include "exporter/readers/locks/lock_reader.h"
#include "exporter/readers/processes/process_reader.h"
#include "tests/support/fake_procfs.h"

namespace openclaw_lock {

/// A lock that a test holds open, as OpenClaw does.
class HeldLock {
 public:
  HeldLock(const std::string& path, const std::string& body)
      : path_{path},
        fd_{::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC,
                   0644)} {
    if (!fd_ || ::write(fd_.get(), body.data(), body.size()) < 0)
      throw std::system_error{errno, std::generic_category(), path};
  }

  void close() { fd_ = UniqueFd{}; }
  void remove() const { std::filesystem::remove(path_); }
  void release() {
    close();
    remove();
  }

 private:
  std::string path_;
  UniqueFd fd_;
};

/// A state dir with agent `main`, a host with process 7 (started 5000 ticks
/// after boot), and a lock reader over both with a clock that the test moves.
struct StateDir {
  static constexpr const char* kSessions = "state/agents/main/sessions/";

  StateDir() {
    procfs.add_kthreadd();
    procfs.add(FakeProcess{7, 5000});
    tree.add(TreeEntry::directory(kSessions));
  }

  std::string lock_path(const std::string& session) const {
    return tree.path(kSessions + session + ".jsonl.lock");
  }
  static std::string body(int pid, int start_ticks) {
    return "{\"pid\": " + std::to_string(pid) +
           ", \"createdAt\": \"2026-11-20T23:10:00.000Z\", \"starttime\": " +
           std::to_string(start_ticks) + "}";
  }
  void put_lock(const std::string& session, const std::string& text) {
    tree.add({kSessions + session + ".jsonl.lock", text});
  }

  LockReader reader() {
    return LockReader{{tree.path("state"), {}, procfs.path()},
                      [this] {
                        if (while_judging) while_judging();
                        auto table = std::make_shared<ProcessTable>();
                        ProcessReader processes{procfs.path()};
                        return processes.read(*table, now).success ? table
                                                                   : nullptr;
                      },
                      [this] { return now; }};
  }

  TempTree tree;
  FakeProcfs procfs;
  WallTime now = *parse_iso8601("2026-11-20T23:11:00.000Z");
  std::function<void()> while_judging;
};

/// `alive dead recycled unknown` of all session locks, or `none`.
inline std::string holders(const LockReader& reader) {
  if (!reader.report().snapshot) return "none";
  int counts[4] = {};
  for (const auto& lock : reader.report().snapshot->locks)
    ++counts[static_cast<std::size_t>(lock.verdict.holder)];
  std::string text;
  for (const int count : counts)
    text += (text.empty() ? "" : " ") + std::to_string(count);
  return text;
}

/// acquired, released, abandoned, stolen of agent main's sessions
inline std::string totals(const LockReader& reader) {
  const auto& all = reader.report().totals;
  const auto found = all.find({"main", LockKind::session});
  if (found == all.end()) return "none";
  return std::to_string(found->second.acquired) + ' ' +
         std::to_string(found->second.released) + ' ' +
         std::to_string(found->second.abandoned) + ' ' +
         std::to_string(found->second.stolen);
}

}  // namespace openclaw_lock
