// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/log_storage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <exception>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/stable_hash.h"
#include "exporter/sampling/positions_file.h"
#include "exporter/system/clock.h"
#include "exporter/system/file.h"
#include "exporter/system/limits.h"
#include "exporter/system/log.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

constexpr mode_t kStorageMode = 0600;
constexpr std::size_t kMaxOldBytes = std::size_t{16} << 20;
constexpr std::string_view kOldPrefix = "logs-";
/// Of one gateway; a disk that hangs must not make them pile up.
constexpr std::size_t kMaxWaiting = 64;
constexpr milliseconds kEndPatience{100};
/// The thread syncs at most a tenth of its time.
constexpr int kSpanPerSync = 10;

/// What version 0.1.0 kept a gateway in: a name may hold what a file name
/// cannot.
std::string old_file_name(const std::string& gateway) {
  StableHash hash;
  hash.add(gateway);
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 hash.value(), 16)
                       .ptr;
  return std::string{kOldPrefix} + std::string(digits.data(), end);
}

std::set<std::string> list_old_files(const std::filesystem::path& directory) {
  std::set<std::string> names;
  const auto opened = open_directory(directory);
  if (!opened) return names;
  [[maybe_unused]] const auto listed =
      list_directory(*opened, [&](std::string_view name, unsigned char) {
        if (name.starts_with(kOldPrefix)) names.emplace(name);
        return true;
      });
  return names;
}

/// What is to be written of one gateway.
struct Pending {
  bool forget = false;  ///< before what else there is
  std::optional<WallTime> first_seen;
  std::optional<LogCheckpoint> checkpoint;
  std::deque<LogStorage::Written> waiting;
};

using Batch = std::map<std::string, Pending>;

const Pending* find(const Batch& batch, const std::string& gateway) {
  const auto found = batch.find(gateway);
  return found == batch.end() ? nullptr : &found->second;
}

std::vector<PositionChange> changes_of(const Batch& batch) {
  std::vector<PositionChange> changes;
  for (const auto& [gateway, pending] : batch) {
    if (pending.forget)
      changes.push_back({PositionKind::forgotten, gateway, {}});
    if (pending.first_seen)
      changes.push_back({PositionKind::first_seen, gateway,
                         encode_first_seen(*pending.first_seen)});
    if (pending.checkpoint)
      changes.push_back({PositionKind::checkpoint, gateway,
                         encode_checkpoint(*pending.checkpoint)});
  }
  return changes;
}

}  // namespace

struct LogStorage::State {
  explicit State(std::filesystem::path path) : directory{std::move(path)} {}

  Result<std::optional<LogCheckpoint>> load_old(
      const std::string& gateway) const;
  void run();
  void commit(std::unique_lock<std::mutex>& lock);
  std::optional<Problem> write(std::vector<PositionChange>& changes);
  void keep_facts(const Batch& failed);
  std::vector<std::string> take_superseded(
      const std::vector<PositionChange>& changes);

  std::filesystem::path directory;
  UniqueFd lock;

  mutable std::mutex mutex;
  std::condition_variable changed;
  Batch pending;
  Batch writing;
  bool in_commit = false;
  std::uint64_t commits = 0;
  MonotonicTime next_commit{};
  bool stopped = false;
  bool ended = false;
  std::optional<PositionsFile> file;
  std::set<std::string> old_files;  ///< names

  /// Without a directory.
  std::map<std::string, LogCheckpoint> checkpoints;
  std::map<std::string, WallTime> first_seen;
};

LogStorage::~LogStorage() {
  if (!writer_.joinable()) return;
  std::unique_lock guard{state_->mutex};
  state_->stopped = true;
  state_->changed.notify_all();
  const bool ended = state_->changed.wait_for(guard, kEndPatience,
                                              [this] { return state_->ended; });
  guard.unlock();
  if (!ended) writer_.detach();
}

Result<std::shared_ptr<LogStorage>> LogStorage::open(
    const std::filesystem::path& directory) {
  auto state = std::make_shared<State>(directory);
  if (!directory.empty()) {
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
      return system_problem(errno, directory.string());
    const auto path = directory / "lock";
    auto opened =
        open_regular_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, kStorageMode);
    if (!opened) return opened.problem();
    state->lock = *std::move(opened);
    if (::flock(state->lock.get(), LOCK_EX | LOCK_NB) != 0)
      return Problem{Fault::denied, directory.string(),
                     "another exporter keeps its log positions there"};
    auto file = PositionsFile::open(directory);
    if (!file) return file.problem();
    state->file.emplace(*std::move(file));
    state->old_files = list_old_files(directory);
  }
  std::shared_ptr<LogStorage> storage{new LogStorage{state}};
  if (directory.empty()) return storage;
  auto writer = start_thread("positions", [state] { state->run(); });
  if (!writer) return writer.problem();
  storage->writer_ = *std::move(writer);
  return storage;
}

Result<std::optional<LogCheckpoint>> LogStorage::load(
    const std::string& gateway) const {
  using Loaded = std::optional<LogCheckpoint>;
  std::unique_lock guard{state_->mutex};
  if (state_->directory.empty()) {
    const auto kept = state_->checkpoints.find(gateway);
    return kept == state_->checkpoints.end() ? Loaded{} : Loaded{kept->second};
  }
  for (const auto* batch : {&state_->pending, &state_->writing})
    if (const auto* newer = find(*batch, gateway)) {
      if (newer->checkpoint) return Loaded{newer->checkpoint};
      if (newer->forget) return Loaded{};
    }
  const auto* entry = state_->file->index().find(gateway);
  if (entry == nullptr || !entry->checkpoint) {
    if (state_->old_files.contains(old_file_name(gateway))) {
      guard.unlock();
      return state_->load_old(gateway);
    }
    if (state_->file->is_damaged())
      return Problem{Fault::malformed, state_->file->path(), "is damaged"};
    return Loaded{};
  }
  const auto span = *entry->checkpoint;
  const auto file = state_->file->file();
  const auto path = state_->file->path();
  guard.unlock();
  const auto line = read_position(*file, span);
  if (!line) return Problem{line.problem().fault, path, line.problem().detail};
  const auto record = decode_position_record(*line);
  auto checkpoint = record ? decode_checkpoint(record->body)
                           : Result<LogCheckpoint>{record.problem()};
  if (!checkpoint)
    return Problem{checkpoint.problem().fault, path,
                   checkpoint.problem().detail};
  if (checkpoint->gateway != gateway)
    return Problem{Fault::malformed, path, "of another gateway"};
  return Loaded{*std::move(checkpoint)};
}

Result<std::optional<LogCheckpoint>> LogStorage::State::load_old(
    const std::string& gateway) const {
  using Loaded = std::optional<LogCheckpoint>;
  const auto path = directory / old_file_name(gateway);
  const auto text = read_regular_file(path, kMaxOldBytes);
  if (!text && text.problem().fault == Fault::missing) return Loaded{};
  if (!text) return text.problem();
  auto checkpoint = decode_checkpoint_file(*text);
  if (!checkpoint)
    return Problem{checkpoint.problem().fault, path.string(),
                   checkpoint.problem().detail};
  if (checkpoint->gateway != gateway)
    return Problem{Fault::malformed, path.string(), "of another gateway"};
  return Loaded{*std::move(checkpoint)};
}

void LogStorage::store(LogCheckpoint checkpoint, Written written) {
  std::unique_lock guard{state_->mutex};
  if (state_->directory.empty()) {
    auto& kept = state_->checkpoints[checkpoint.gateway];
    kept = std::move(checkpoint);
    guard.unlock();
    return written({});
  }
  auto& pending = state_->pending[checkpoint.gateway];
  pending.checkpoint = std::move(checkpoint);
  pending.waiting.push_back(std::move(written));
  Written longest;
  if (pending.waiting.size() > kMaxWaiting) {
    longest = std::move(pending.waiting.front());
    pending.waiting.pop_front();
  }
  state_->changed.notify_all();
  guard.unlock();
  if (longest)
    longest(Problem{Fault::timeout, state_->directory.string(),
                    "log positions are not on disk yet"});
}

std::optional<Problem> LogStorage::store(const LogCheckpoint& checkpoint,
                                         milliseconds patience) {
  const auto outcome = std::make_shared<std::promise<std::optional<Problem>>>();
  auto written = outcome->get_future();
  store(checkpoint, [outcome](std::optional<Problem> problem) {
    outcome->set_value(std::move(problem));
  });
  if (written.wait_for(patience) == std::future_status::ready)
    return written.get();
  return Problem{Fault::timeout, state_->directory.string(),
                 "log positions are not on disk yet"};
}

void LogStorage::put_first_seen(const std::string& gateway, WallTime at) {
  const std::lock_guard guard{state_->mutex};
  if (state_->directory.empty()) {
    state_->first_seen[gateway] = at;
    return;
  }
  state_->pending[gateway].first_seen = at;
  state_->changed.notify_all();
}

std::optional<WallTime> LogStorage::first_seen(
    const std::string& gateway) const {
  const std::lock_guard guard{state_->mutex};
  if (state_->directory.empty()) {
    const auto kept = state_->first_seen.find(gateway);
    return kept == state_->first_seen.end() ? std::nullopt
                                            : std::optional{kept->second};
  }
  for (const auto* batch : {&state_->pending, &state_->writing})
    if (const auto* newer = find(*batch, gateway)) {
      if (newer->first_seen) return newer->first_seen;
      if (newer->forget) return {};
    }
  const auto* entry = state_->file->index().find(gateway);
  return entry == nullptr ? std::nullopt : entry->first_seen_at;
}

std::map<std::string, WallTime> LogStorage::first_seen() const {
  const std::lock_guard guard{state_->mutex};
  auto all = state_->first_seen;
  if (state_->directory.empty()) return all;
  for (const auto& [gateway, entry] : state_->file->index().entries())
    if (entry.first_seen_at) all[gateway] = *entry.first_seen_at;
  for (const auto* batch : {&state_->writing, &state_->pending})
    for (const auto& [gateway, newer] : *batch) {
      if (newer.forget) all.erase(gateway);
      if (newer.first_seen) all[gateway] = *newer.first_seen;
    }
  return all;
}

void LogStorage::forget(const std::string& gateway) {
  const std::lock_guard guard{state_->mutex};
  state_->checkpoints.erase(gateway);
  state_->first_seen.erase(gateway);
  if (state_->directory.empty()) return;
  auto& pending = state_->pending[gateway];
  pending.forget = true;
  pending.first_seen.reset();
  pending.checkpoint.reset();
  state_->changed.notify_all();
}

bool LogStorage::flush(milliseconds patience) {
  if (state_->directory.empty()) return true;
  std::unique_lock guard{state_->mutex};
  // What is taken in while a commit runs is of the one after it.
  const auto target = state_->commits + (state_->in_commit ? 1 : 0) +
                      (state_->pending.empty() ? 0 : 1);
  return state_->changed.wait_for(guard, patience, [&] {
    return state_->ended || state_->commits >= target;
  });
}

std::uint64_t LogStorage::commits() const {
  const std::lock_guard guard{state_->mutex};
  return state_->commits;
}

void LogStorage::State::run() {
  std::unique_lock guard{mutex};
  for (;;) {
    changed.wait(guard, [this] { return stopped || !pending.empty(); });
    changed.wait_until(guard, next_commit, [this] { return stopped; });
    if (pending.empty()) break;
    try {
      commit(guard);
    } catch (const std::exception& error) {
      if (!guard.owns_lock()) guard.lock();
      in_commit = false;
      next_commit = monotonic_now() + kLongestTick;
      log::error("positions in logs were not stored",
                 {{"reason", describe_exception(error)}});
    }
  }
  ended = true;
  changed.notify_all();
}

void LogStorage::State::commit(std::unique_lock<std::mutex>& guard) {
  writing = std::exchange(pending, {});
  in_commit = true;
  guard.unlock();
  const auto began = monotonic_now();
  std::vector<PositionChange> changes;
  const auto problem = write(changes);
  const auto took = monotonic_now() - began;
  guard.lock();
  if (!problem) file->adopt(changes);
  const auto done = std::exchange(writing, {});
  if (problem) keep_facts(done);
  const auto superseded =
      problem ? std::vector<std::string>{} : take_superseded(changes);
  guard.unlock();
  for (const auto& name : superseded) ::unlink((directory / name).c_str());
  for (const auto& [gateway, written] : done)
    for (const auto& tell : written.waiting) tell(problem);
  guard.lock();
  next_commit =
      began + (problem ? MonotonicTime::duration{kLongestTick}
                       : std::clamp<MonotonicTime::duration>(
                             took * kSpanPerSync, kTick, kLongestTick));
  in_commit = false;
  ++commits;
  changed.notify_all();
}

std::optional<Problem> LogStorage::State::write(
    std::vector<PositionChange>& changes) {
  try {
    changes = changes_of(writing);
    return file->write(changes);
  } catch (const std::exception& error) {
    return Problem{Fault::io, file->path(), describe_exception(error)};
  }
}

/// Nobody brings them again, as checkpoints are.
void LogStorage::State::keep_facts(const Batch& failed) {
  for (const auto& [gateway, old] : failed) {
    if (!old.forget && !old.first_seen) continue;
    auto& newer = pending[gateway];
    if (!newer.forget && !newer.first_seen) newer.first_seen = old.first_seen;
    newer.forget = newer.forget || old.forget;
  }
}

/// Old files of gateways that have something newer now.
std::vector<std::string> LogStorage::State::take_superseded(
    const std::vector<PositionChange>& changes) {
  std::vector<std::string> names;
  if (old_files.empty()) return names;
  for (const auto& change : changes) {
    auto name = old_file_name(change.gateway);
    if (change.kind != PositionKind::first_seen && old_files.erase(name) > 0)
      names.push_back(std::move(name));
  }
  return names;
}

}  // namespace openclaw_lock
