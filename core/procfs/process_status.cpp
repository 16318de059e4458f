// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/process_status.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxLevels = 33;

/// What follows `name:` on the first line that starts with it.
std::optional<std::string_view> value_of(std::string_view text,
                                         std::string_view name) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    if (line.size() > name.size() && line.starts_with(name) &&
        line[name.size()] == ':')
      return line.substr(name.size() + 1);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return {};
}

/// The numbers of a line, at least `least` and at most NGROUPS_MAX.
std::optional<std::vector<std::uint32_t>> ids_of(std::string_view status,
                                                 std::string_view name,
                                                 std::size_t least) {
  constexpr std::size_t kMaxGroups = 65536;
  const auto value = value_of(status, name);
  if (!value) return {};
  std::vector<std::uint32_t> ids;
  for (const auto piece : split_blanks(*value)) {
    const auto id = parse_integer<std::uint32_t>(piece);
    if (!id || ids.size() == kMaxGroups) return {};
    ids.push_back(*id);
  }
  return ids.size() < least ? std::nullopt : std::optional{std::move(ids)};
}

}  // namespace

Result<std::vector<int>> parse_ns_pids(std::string_view status) {
  auto value = value_of(status, "NSpid");
  if (!value) value = value_of(status, "Pid");
  if (!value) return Problem{Fault::malformed, "status", "no line NSpid"};
  std::vector<int> pids;
  for (const auto piece : split_blanks(*value)) {
    const auto pid = parse_integer<int>(piece);
    // A process outside the mount's namespace shows as 0.
    if (!pid || *pid < 0 || pids.size() == kMaxLevels)
      return Problem{Fault::malformed, "status", "no valid NSpid"};
    pids.push_back(*pid);
  }
  if (pids.empty()) return Problem{Fault::malformed, "status", "empty NSpid"};
  return pids;
}

Result<FileCredentials> parse_file_credentials(std::string_view status) {
  constexpr std::size_t kFileSystem = 3;
  const auto users = ids_of(status, "Uid", kFileSystem + 1);
  auto groups = ids_of(status, "Gid", kFileSystem + 1);
  const auto others = ids_of(status, "Groups", 0);
  if (!users || !groups || !others)
    return Problem{Fault::malformed, "status", "no valid Uid, Gid or Groups"};
  FileCredentials credentials{(*users)[kFileSystem], {(*groups)[kFileSystem]}};
  credentials.groups.insert(credentials.groups.end(), others->begin(),
                            others->end());
  return credentials;
}

bool may_access(const FileCredentials& credentials, const FilePermissions& file,
                FileAccess access) {
  if (credentials.uid == 0 || credentials.uid == file.owner) return true;
  constexpr int kGroup = 3;
  const bool in_group = std::ranges::find(credentials.groups, file.group) !=
                        credentials.groups.end();
  auto bits = in_group ? file.mode >> kGroup : file.mode;
  if (file.has_access_list) bits |= file.mode >> kGroup;
  return (bits & static_cast<std::uint32_t>(access)) != 0;
}

}  // namespace openclaw_lock
