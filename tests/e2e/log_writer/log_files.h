// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/e2e/log_writer/options.h"
#include "tests/e2e/log_writer/random.h"

namespace openclaw_lock {

/// The log: the file that is written, and what became of those before it.
/// Failing calls throw std::system_error.
class LogFiles {
 public:
  LogFiles(const Options& options, Random& random);

  /// Opens, appends and closes, as OpenClaw does for each record.
  void append(std::string_view record);

  bool wants_rotation() const {
    return options_.rotate_bytes > 0 && size_ >= rotation_size_;
  }
  Mode rotate();

  /// Whose file it is.
  std::chrono::sys_days day() const { return day_; }

 private:
  std::filesystem::path current_path() const;
  std::filesystem::path link(bool is_numbered, std::uint64_t number) const;
  std::filesystem::path make_room(bool is_numbered) const;
  void plan_rotation();

  const Options& options_;
  Random& random_;
  std::chrono::sys_days day_{std::chrono::year{2026} / 11 / 21};
  std::filesystem::path current_;
  std::filesystem::path yesterdays_;
  std::uint64_t late_records_ = 0;  ///< that may go to yesterday's
  std::uint64_t size_ = 0;          ///< of the current one
  std::uint64_t rotation_size_ = 0;
};

}  // namespace openclaw_lock
