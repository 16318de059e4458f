// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/logs/log_checkpoint.h"
#include "exporter/system/thread.h"

namespace openclaw_lock {

/// Keeps the checkpoints of all gateways' logs, and when each gateway was first
/// seen: in memory, for a gateway that goes and comes back; and, given a
/// directory, in a file there (position_records.h), for an exporter that does.
///
/// A thread of its own writes. What has come since its last sync is made
/// durable by one sync for all gateways; two syncs are at least kTick apart,
/// further where they take long.
///
/// The files of version 0.1.0, one a gateway, are read where the gateway has
/// nothing newer, and removed once it has.
class LogStorage {
 public:
  static constexpr std::chrono::milliseconds kTick{50};
  static constexpr std::chrono::milliseconds kLongestTick{1000};

  /// Gets nothing once a checkpoint, or one that came after it, is on disk;
  /// else what kept it from that. Runs on the storage's thread, and must not
  /// throw; a hung disk may delay it beyond the end of the storage.
  using Written = std::function<void(std::optional<Problem>)>;

  /// Nothing on disk for an empty path. Makes the directory, but not its
  /// parents. Denied also where another exporter uses it.
  static Result<std::shared_ptr<LogStorage>> open(
      const std::filesystem::path& directory);

  /// Writes what has come; a disk that hangs is left behind.
  ~LogStorage();

  /// The newest checkpoint of this gateway, whether it is on disk yet or not.
  /// Problems: malformed where what was kept is damaged; it is then as if there
  /// was none.
  Result<std::optional<LogCheckpoint>> load(const std::string& gateway) const;

  /// Takes a checkpoint in, in place of one of the gateway that is not on disk
  /// yet. Returns at once; without a directory `written` is called before.
  void store(LogCheckpoint checkpoint, Written written);

  /// The same; returns once it is written, a timeout where `patience` runs out
  /// first.
  std::optional<Problem> store(const LogCheckpoint& checkpoint,
                               std::chrono::milliseconds patience);

  /// Keeps when a gateway was first seen; the newest word counts.
  void put_first_seen(const std::string& gateway, WallTime at);
  std::optional<WallTime> first_seen(const std::string& gateway) const;
  /// Of all gateways that were not forgotten.
  std::map<std::string, WallTime> first_seen() const;

  /// Drops all that is kept of a gateway.
  void forget(const std::string& gateway);

  /// Waits until all that has been taken in was tried to be written; false
  /// where `patience` runs out first.
  bool flush(std::chrono::milliseconds patience);

  /// Syncs so far, failed ones included.
  std::uint64_t commits() const;

 private:
  struct State;

  explicit LogStorage(std::shared_ptr<State> state)
      : state_{std::move(state)} {}

  std::shared_ptr<State> state_;
  Thread writer_;
};

}  // namespace openclaw_lock
