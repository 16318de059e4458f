// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/state_dir_names.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <vector>

#include "core/base/text.h"
#include "exporter/system/file.h"
#include "exporter/system/rooted_path.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxEntries = 4096;

/// Names of the entries that are links, or directories.
std::vector<std::string> entries(const std::string& path, unsigned char type,
                                 const Gate& gate) {
  std::vector<std::string> names;
  if (!gate(path)) return names;
  const auto directory = open_directory(path);
  if (!directory) return names;
  std::size_t seen = 0;
  const auto listed = list_directory(
      *directory, [&](std::string_view name, unsigned char found) {
        if (found == type || found == DT_UNKNOWN) names.emplace_back(name);
        return ++seen < kMaxEntries;
      });
  if (!listed) names.clear();
  return names;
}

}  // namespace

std::set<std::string> links_of_state_dir(const std::string& state_dir,
                                         const std::string& root,
                                         const Gate& gate) {
  std::set<std::string> targets;
  const auto add = [&](const std::string& path) {
    std::error_code error;
    const auto link = std::filesystem::read_symlink(path, error).native();
    if (error) return path;
    if (link.starts_with('/')) targets.insert(link);
    const auto real =
        path.starts_with(root)
            ? resolve_in_root(root, path.substr(root.size()), gate)
            : resolve_in_root({}, path, gate);
    if (!real) return path;
    targets.insert(real->starts_with(root) ? real->substr(root.size()) : *real);
    return *real;
  };
  for (const auto& name : entries(state_dir, DT_LNK, gate))
    if (name != "agents") add(state_dir + '/' + name);
  const auto agents = add(state_dir + "/agents");
  auto names = entries(agents, DT_DIR, gate);
  std::ranges::copy(entries(agents, DT_LNK, gate), std::back_inserter(names));
  for (const auto& name : names) add(add(agents + '/' + name) + "/sessions");
  return targets;
}

bool is_backup_name(std::string_view path) {
  std::string name{path.substr(path.rfind('/') + 1)};
  std::ranges::transform(name, name.begin(), [](unsigned char byte) {
    return std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : ' ';
  });
  constexpr std::array kWords{"backup", "backups", "bak",      "old",
                              "copy",   "archive", "snapshot", "orig",
                              "save",   "saved",   "broken",   "before"};
  return std::ranges::any_of(split_blanks(name), [&](std::string_view word) {
    return std::ranges::find(kWords, word) != kWords.end();
  });
}

std::optional<WallTime> newest_write(const std::string& state_dir,
                                     const Gate& gate) {
  std::optional<WallTime> newest;
  const auto look = [&](const std::string& path) {
    struct stat found {};
    if (!gate(path) || ::stat(path.c_str(), &found) != 0) return;
    const auto at = modified_at(found);
    newest = newest ? std::max(*newest, at) : at;
  };
  for (const auto* name : {"", "/openclaw.json", "/agents", "/state", "/tmp",
                           "/state/openclaw.sqlite-wal"})
    look(state_dir + name);
  const auto agents = state_dir + "/agents";
  for (const auto& name : entries(agents, DT_DIR, gate))
    for (const auto* below : {"/sessions", "/agent"})
      look(agents + '/' + name + below);
  return newest;
}

}  // namespace openclaw_lock
