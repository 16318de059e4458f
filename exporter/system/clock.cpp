// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/clock.h"

#include <ctime>

namespace openclaw_lock {

WallTime wall_time_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now());
}

std::chrono::nanoseconds wall_clock_offset() {
  const auto read = [](clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::chrono::seconds{now.tv_sec} +
           std::chrono::nanoseconds{now.tv_nsec};
  };
  return read(CLOCK_REALTIME) - read(CLOCK_BOOTTIME);
}

MonotonicTime monotonic_now() { return std::chrono::steady_clock::now(); }

WallTime from_local_time(WallTime shown) {
  const auto second = std::chrono::floor<std::chrono::seconds>(shown);
  const std::time_t as_utc = second.time_since_epoch().count();
  std::tm parts{};
  if (::gmtime_r(&as_utc, &parts) == nullptr) return shown;
  parts.tm_isdst = -1;
  const auto found = std::mktime(&parts);
  // -1 is an instant, too, but then it leaves the day of the week.
  if (found == -1 && parts.tm_isdst < 0) return shown;
  return WallTime{std::chrono::seconds{found}} + (shown - second);
}

}  // namespace openclaw_lock
