// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/log_writer/log_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

#include "exporter/system/unique_fd.h"
#include "tests/e2e/log_writer/rendering.h"

namespace openclaw_lock {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

UniqueFd open_file(const fs::path& path, int flags) {
  UniqueFd file{::open(path.c_str(), flags | O_CLOEXEC, 0644)};
  if (!file) fail(path.string());
  return file;
}

void write_all(const UniqueFd& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void copy_bytes(const fs::path& from, const fs::path& to) {
  const auto source = open_file(from, O_RDONLY);
  const auto target = open_file(to, O_WRONLY | O_CREAT | O_TRUNC);
  std::vector<char> chunk(std::size_t{1} << 18);
  for (;;) {
    const auto got = ::read(source.get(), chunk.data(), chunk.size());
    if (got < 0) fail(from.string());
    if (got == 0) return;
    write_all(target, {chunk.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace

LogFiles::LogFiles(const Options& options, Random& random)
    : options_{options}, random_{random}, current_{current_path()} {
  plan_rotation();
}

void LogFiles::append(std::string_view record) {
  const bool is_late = late_records_ > 0 && random_.one_in(2);
  if (late_records_ > 0) --late_records_;
  if (!is_late) size_ += record.size();
  const auto file = open_file(is_late ? yesterdays_ : current_,
                              O_WRONLY | O_CREAT | O_APPEND);
  auto cuts = random_.one_in(16) ? 1 + random_.below(2) : 0;
  for (; cuts > 0 && record.size() > 1; --cuts) {
    const auto piece = record.substr(0, 1 + random_.below(record.size() - 1));
    write_all(file, piece);
    record.remove_prefix(piece.size());
    // Somebody should see the half of it now and then.
    if (random_.one_in(16))
      std::this_thread::sleep_for(std::chrono::microseconds{50});
  }
  write_all(file, record);
}

Mode LogFiles::rotate() {
  const auto mode = random_.pick(options_.modes);
  const bool is_numbered =
      mode == Mode::numbered ||
      (mode == Mode::copytruncate && options_.style == Style::file_log &&
       random_.one_in(2));
  if (mode == Mode::daily) {
    day_ += std::chrono::days{1};
    yesterdays_ = current_;
    current_ = current_path();
    late_records_ = random_.below(200);
  } else if (mode == Mode::copytruncate) {
    copy_bytes(current_, make_room(is_numbered));
    fs::resize_file(current_, 0);
  } else {
    fs::rename(current_, make_room(is_numbered));
  }
  plan_rotation();
  return mode;
}

fs::path LogFiles::current_path() const {
  if (options_.style == Style::console)
    return options_.directory / "gateway.log";
  if (options_.style == Style::docker)
    return options_.directory / (std::string(64, 'c') + "-json.log");
  return options_.directory / ("openclaw-" + to_date(day_) + ".log");
}

fs::path LogFiles::link(bool is_numbered, std::uint64_t number) const {
  auto path = current_;
  if (!is_numbered) return path += '.' + std::to_string(number);
  return path.replace_extension('.' + std::to_string(number) + ".log");
}

/// Moves a chain on by one; its first name is free then.
fs::path LogFiles::make_room(bool is_numbered) const {
  for (auto number = options_.keep - 1; number > 0; --number) {
    const auto from = link(is_numbered, number);
    if (fs::exists(from)) fs::rename(from, link(is_numbered, number + 1));
  }
  return link(is_numbered, 1);
}

void LogFiles::plan_rotation() {
  size_ = 0;
  rotation_size_ =
      options_.rotate_bytes / 2 + random_.below(options_.rotate_bytes + 1);
}

}  // namespace openclaw_lock
