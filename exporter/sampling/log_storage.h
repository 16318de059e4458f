// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/logs/log_checkpoint.h"
#include "exporter/sampling/reader_thread.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Keeps the checkpoints of all gateways' logs: in memory, for a gateway that
/// goes and comes back; and, given a directory, in a file each there, for an
/// exporter that does. Files are written whole by a thread of their own and
/// then renamed into place, so that a crash leaves the old one or the new one.
class LogStorage {
 public:
  /// Nothing on disk for an empty path. Makes the directory, but not its
  /// parents. Denied also where another exporter uses it.
  static Result<std::shared_ptr<LogStorage>> open(
      const std::filesystem::path& directory);

  ~LogStorage();

  /// What was kept of this gateway, on disk or in memory. Problems: malformed
  /// where the file is damaged; it is then as if there was none.
  Result<std::optional<LogCheckpoint>> load(const std::string& gateway);

  /// Keeps a checkpoint; returns once it is on disk, with the problem that kept
  /// it from that, a timeout where `patience` runs out first.
  std::optional<Problem> store(const LogCheckpoint& checkpoint,
                               std::chrono::milliseconds patience);

  void store(const LogCheckpoint& checkpoint,
             const std::function<void(std::optional<Problem>)>& written) {
    written(store(checkpoint, std::chrono::milliseconds{2000}));
  }

 private:
  struct Slot {
    std::string text;
    std::uint64_t wanted = 0;   ///< number of the newest text
    std::uint64_t written = 0;  ///< number of the one last tried
    std::optional<Problem> problem;
  };
  struct State {
    std::filesystem::path directory;
    UniqueFd lock;
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, Slot> slots;  ///< by file name
    std::map<std::string, LogCheckpoint> memory;
    bool stopped = false;
  };

  explicit LogStorage(std::shared_ptr<State> state);
  static void write_until_stopped(State& state);

  std::shared_ptr<State> state_;
  std::unique_ptr<ReaderThread> writer_;
};

}  // namespace openclaw_lock
