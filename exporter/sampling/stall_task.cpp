// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/stall_task.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "exporter/readers/disk/pressure_reader.h"
#include "exporter/system/clock.h"

namespace openclaw_lock {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds kSoonestLook{100};
constexpr milliseconds kSeldom{500};
/// Of a core's time, looks may take one part of so many while disks are waited
/// for.
constexpr std::int64_t kPartsForOne = 2000;
constexpr std::int64_t kPartsForAll = 200;
/// The same while nobody waits.
constexpr std::int64_t kIdlePartsForOne = 8000;
constexpr std::int64_t kIdlePartsForAll = 400;

/// Of the clock that processes' start times are on.
std::uint64_t boot_ticks() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const auto per_second = ::sysconf(_SC_CLK_TCK);
  return static_cast<std::uint64_t>(now.tv_sec * per_second +
                                    now.tv_nsec * per_second / 1'000'000'000);
}

}  // namespace

milliseconds rest_between_looks(bool disks_are_waited_for, microseconds look,
                                std::size_t gateways) {
  const auto for_one = disks_are_waited_for ? kPartsForOne : kIdlePartsForOne;
  const auto for_all = disks_are_waited_for ? kPartsForAll : kIdlePartsForAll;
  const auto count =
      std::max(static_cast<std::int64_t>(gateways), std::int64_t{1});
  const auto affordable = std::chrono::ceil<milliseconds>(
      look * std::max(for_all, for_one / count));
  return std::max(disks_are_waited_for ? kSoonestLook : kSeldom, affordable);
}

StallTask::StallTask(std::filesystem::path procfs, SourceTiming timing)
    : SourceTask{"stalls", "", "", timing},
      procfs_{std::move(procfs)},
      reader_{procfs_} {}

bool StallTask::disks_are_waited_for() {
  const auto pressure = read_pressure(procfs_ / "pressure/io");
  if (!pressure) return true;
  const bool moved = waited_ && pressure->some != *waited_;
  waited_ = pressure->some;
  return moved;
}

MonotonicTime StallTask::next_look(MonotonicTime began, MonotonicTime ended) {
  const auto took = std::chrono::ceil<microseconds>(ended - began);
  const auto rest = rest_between_looks(disks_are_waited_for(), took, gateways_);
  auto next = ended + rest;
  // A look in the turn that shows what was seen wakes nobody more.
  if (shown_at_ && 2 * rest >= timing_.interval) {
    auto shown = *shown_at_ + timing_.interval;
    while (shown < next) shown += timing_.interval;
    next = shown;
  }
  const auto each = std::chrono::ceil<microseconds>(next - began);
  looks_each_ = gateways_ == 0 ? 0 : each.count();
  return next;
}

std::optional<microseconds> StallTask::looks_each() const {
  const microseconds span{looks_each_};
  return span > microseconds{0} ? std::optional{span} : std::nullopt;
}

MonotonicTime StallTask::run(MonotonicTime now) {
  bool due = !shown_at_ || now - *shown_at_ >= timing_.interval;
  if (auto processes = orders_.take()) {
    gateways_ = static_cast<std::size_t>(std::ranges::count_if(
        *processes, [](const auto& one) { return !one.second.empty(); }));
    reader_.watch(*std::move(processes));
    due = due || !shown_at_;
  }
  source_.begin_round();
  if (now >= next_look_) {
    reader_.look(now);
    next_look_ = next_look(now, monotonic_now());
  }
  if (due) {
    reader_.read_pressures(now);
    reader_.read_delays(boot_ticks());
    source_.put(std::make_shared<const StallFacts>(reader_.report()));
    shown_at_ = now;
  }
  finish({true, {}});
  const auto show_at = *shown_at_ + timing_.interval;
  return gateways_ == 0 ? show_at : std::min(next_look_, show_at);
}

}  // namespace openclaw_lock
