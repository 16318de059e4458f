// SPDX-License-Identifier: Apache-2.0
#include "core/disk/diskstats.h"

#include <algorithm>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

using Fields = std::vector<std::string_view>;

constexpr std::size_t kBeforeFields = 3;  // major, minor, name

std::optional<std::uint64_t> number(const Fields& fields, std::size_t field) {
  const auto at = kBeforeFields + field - 1;
  if (at >= fields.size()) return {};
  return parse_integer<std::uint64_t>(fields[at]);
}

std::optional<DiskOperations> operations(const Fields& fields,
                                         std::size_t count_field,
                                         std::size_t wait_field) {
  const auto count = number(fields, count_field);
  const auto wait = number(fields, wait_field);
  constexpr auto kMost =
      static_cast<std::uint64_t>(std::chrono::milliseconds::max().count());
  if (!count || !wait || *wait > kMost) return {};
  return DiskOperations{*count, std::chrono::milliseconds{*wait}};
}

}  // namespace

std::map<std::string, DiskWork> parse_diskstats(std::string_view text) {
  std::map<std::string, DiskWork> devices;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto fields = split_blanks(line);
    if (fields.size() < kBeforeFields) continue;
    DiskWork work{operations(fields, 1, 4), operations(fields, 5, 8),
                  operations(fields, 16, 17)};
    if (!parse_integer<unsigned>(fields[0]) ||
        !parse_integer<unsigned>(fields[1]) || !work.read || !work.write)
      continue;
    devices[std::string{fields[0]} + ':' + std::string{fields[1]}] = work;
  }
  return devices;
}

}  // namespace openclaw_lock
