// SPDX-License-Identifier: Apache-2.0
#include "core/disk/mountstats.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/procfs/mountinfo.h"

namespace openclaw_lock {
namespace {

using Fields = std::vector<std::string_view>;

/// The point of a line `device X mounted on Y with fstype Z ...`.
std::optional<std::string> mount_point_of(const Fields& fields) {
  const auto mounted = std::find(fields.begin(), fields.end(), "mounted");
  if (fields.empty() || (fields[0] != "device" && fields[0] != "no") ||
      fields.end() - mounted < 3 || mounted[1] != "on")
    return {};
  return unescape_mount_text(mounted[2]);
}

std::optional<DiskOperations> operations(const Fields& fields) {
  constexpr std::size_t kCount = 1;
  constexpr std::size_t kExecute = 8;
  if (fields.size() <= kExecute) return {};
  const auto count = parse_integer<std::uint64_t>(fields[kCount]);
  const auto wait = parse_integer<std::int64_t>(fields[kExecute]);
  if (!count || !wait || *wait < 0) return {};
  return DiskOperations{*count, std::chrono::milliseconds{*wait}};
}

void take(const Fields& fields, DiskWork& work) {
  if (fields[0] == "READ:") work.read = operations(fields);
  if (fields[0] == "WRITE:") work.write = operations(fields);
  if (fields[0] == "COMMIT:") work.flush = operations(fields);
}

}  // namespace

std::optional<DiskWork> find_nfs_work(std::string_view text,
                                      std::string_view mount_point) {
  std::optional<DiskWork> found;
  bool here = false;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto fields = split_blanks(line);
    if (fields.empty()) continue;
    if (const auto point = mount_point_of(fields)) {
      here = *point == mount_point;
      if (here) found.reset();
    } else if (here && fields[0] == "per-op") {
      found.emplace();
    } else if (here && found) {
      take(fields, *found);
    }
  }
  return found;
}

}  // namespace openclaw_lock
