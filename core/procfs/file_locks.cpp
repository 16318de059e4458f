// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/file_locks.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

constexpr std::uint64_t kWalWriteByte = 120;

std::optional<std::uint32_t> parse_hex(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

/// `fe:00:13803567`
bool parse_file(std::string_view text, FileLock& lock) {
  const auto first = text.find(':');
  const auto second = text.rfind(':');
  if (first == std::string_view::npos || first == second) return false;
  const auto device_major = parse_hex(text.substr(0, first));
  const auto device_minor =
      parse_hex(text.substr(first + 1, second - first - 1));
  const auto inode = parse_integer<std::uint64_t>(text.substr(second + 1));
  if (!device_major || !device_minor || !inode) return false;
  lock.device_major = *device_major;
  lock.device_minor = *device_minor;
  lock.inode = *inode;
  return true;
}

/// `1: POSIX  ADVISORY  WRITE 1405 fe:00:13803567 120 120`
std::optional<FileLock> parse_line(std::string_view line) {
  const auto fields = split_blanks(line);
  if (fields.size() != 8 || fields[1] != "POSIX") return {};
  const auto pid = parse_integer<int>(fields[4]);
  const auto first = parse_integer<std::uint64_t>(fields[6]);
  auto last = parse_integer<std::uint64_t>(fields[7]);
  if (fields[7] == "EOF") last = std::numeric_limits<std::uint64_t>::max();
  FileLock lock;
  if (!pid || *pid <= 0 || !first || !last || *last < *first ||
      !parse_file(fields[5], lock))
    return {};
  lock.pid = *pid;
  lock.first_byte = *first;
  lock.last_byte = *last;
  lock.write = fields[3] == "WRITE";
  return lock;
}

}  // namespace

std::vector<FileLock> parse_file_locks(std::string_view text) {
  std::vector<FileLock> locks;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (auto lock = parse_line(line)) locks.push_back(*lock);
  }
  return locks;
}

bool is_wal_write_lock(const FileLock& lock) {
  return lock.write && lock.first_byte <= kWalWriteByte &&
         lock.last_byte >= kWalWriteByte;
}

}  // namespace openclaw_lock
