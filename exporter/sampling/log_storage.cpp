// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/log_storage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "core/base/stable_hash.h"
#include "exporter/system/atomic_file.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
constexpr mode_t kMode = 0600;  // it holds paths of locks and session keys

/// A gateway's name may hold what a file name cannot.
std::string file_name(const std::string& gateway) {
  StableHash hash;
  hash.add(gateway);
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 hash.value(), 16)
                       .ptr;
  return "logs-" + std::string(digits.data(), end);
}

}  // namespace

LogStorage::LogStorage(std::shared_ptr<State> state)
    : state_{std::move(state)} {
  if (state_->directory.empty()) return;
  writer_ = std::make_unique<ReaderThread>(
      "storage",
      [state_ = state_](const StopSignal&) { write_until_stopped(*state_); });
}

LogStorage::~LogStorage() {
  {
    const std::lock_guard guard{state_->mutex};
    state_->stopped = true;
  }
  state_->changed.notify_all();
}

Result<std::shared_ptr<LogStorage>> LogStorage::open(
    const std::filesystem::path& directory) {
  auto state = std::make_shared<State>();
  state->directory = directory;
  if (!directory.empty()) {
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
      return system_problem(errno, directory.string());
    const auto path = directory / "lock";
    state->lock = UniqueFd{
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode)};
    if (!state->lock) return system_problem(errno, path.string());
    if (::flock(state->lock.get(), LOCK_EX | LOCK_NB) != 0)
      return Problem{Fault::denied, directory.string(),
                     "another exporter keeps its log positions there"};
  }
  return std::shared_ptr<LogStorage>{new LogStorage{std::move(state)}};
}

Result<std::optional<LogCheckpoint>> LogStorage::load(
    const std::string& gateway) {
  using Loaded = std::optional<LogCheckpoint>;
  {
    const std::lock_guard guard{state_->mutex};
    if (const auto kept = state_->memory.find(gateway);
        kept != state_->memory.end())
      return Loaded{kept->second};
  }
  if (state_->directory.empty()) return Loaded{};
  const auto path = state_->directory / file_name(gateway);
  const auto text = read_small_file(path, kMaxBytes);
  if (!text && text.problem().fault == Fault::missing) return Loaded{};
  if (!text) return text.problem();
  auto checkpoint = decode_checkpoint(*text);
  if (!checkpoint)
    return Problem{checkpoint.problem().fault, path.string(),
                   checkpoint.problem().detail};
  if (checkpoint->gateway != gateway)
    return Problem{Fault::malformed, path.string(), "of another gateway"};
  return Loaded{*std::move(checkpoint)};
}

std::optional<Problem> LogStorage::store(const LogCheckpoint& checkpoint,
                                         std::chrono::milliseconds patience) {
  if (state_->directory.empty()) {
    const std::lock_guard guard{state_->mutex};
    state_->memory[checkpoint.gateway] = checkpoint;
    return {};
  }
  auto text = encode_checkpoint(checkpoint);
  std::unique_lock lock{state_->mutex};
  auto& slot = state_->slots[file_name(checkpoint.gateway)];
  slot.text = std::move(text);
  const auto wanted = ++slot.wanted;
  state_->changed.notify_all();
  const bool done = state_->changed.wait_for(lock, patience, [&] {
    return state_->stopped || slot.written >= wanted;
  });
  if (done) return slot.problem;
  return Problem{Fault::timeout, state_->directory.string(),
                 "log positions are not on disk yet"};
}

void LogStorage::write_until_stopped(State& state) {
  std::unique_lock lock{state.mutex};
  const auto next = [&] {
    return std::find_if(state.slots.begin(), state.slots.end(),
                        [](const auto& entry) {
                          return entry.second.written < entry.second.wanted;
                        });
  };
  for (;;) {
    state.changed.wait(
        lock, [&] { return state.stopped || next() != state.slots.end(); });
    const auto entry = next();
    if (entry == state.slots.end()) return;
    auto& [name, slot] = *entry;
    const auto number = slot.wanted;
    const auto text = slot.text;
    lock.unlock();
    auto problem = write_atomically(state.directory / name, text, kMode);
    lock.lock();
    slot.problem = std::move(problem);
    slot.written = number;
    state.changed.notify_all();
  }
}

}  // namespace openclaw_lock
