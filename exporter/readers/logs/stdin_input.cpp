// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/stdin_input.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "exporter/system/clock.h"
#include "exporter/system/file.h"

namespace openclaw_lock {

Result<bool> StdinInput::read_on(LogIntake& intake, WallTime now) {
  if (descriptor_ < 0) return false;
  std::array<char, 65536> chunk;
  const auto got = ::read(descriptor_, chunk.data(), chunk.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (got <= 0) {
    const int error = got < 0 ? errno : 0;
    descriptor_ = -1;
    if (!pending_.empty()) pending_ += '\n';
    take(intake, now);
    if (error != 0) return system_problem(error, "standard input");
    return false;
  }
  // A round may be old when it comes here.
  now = std::max(now, wall_time_now());
  pending_.append(chunk.data(), static_cast<std::size_t>(got));
  intake.count_bytes(static_cast<std::uint64_t>(got));
  take(intake, now);
  return true;
}

void StdinInput::take(LogIntake& intake, WallTime now) {
  if (mid_line_) {
    const auto newline = pending_.find('\n');
    mid_line_ = newline == std::string::npos;
    pending_.erase(0, mid_line_ ? newline : newline + 1);
  }
  const auto newline = pending_.rfind('\n');
  if (newline != std::string::npos) {
    intake.take(std::string_view{pending_}.substr(0, newline + 1), decoder_,
                LogOrigin{shared_, {}}, now);
    pending_.erase(0, newline + 1);
  }
  if (pending_.size() <= kMaxLogLineBytes) return;
  intake.take_oversized();
  pending_.clear();
  mid_line_ = true;
}

}  // namespace openclaw_lock
