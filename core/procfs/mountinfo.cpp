// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/mountinfo.h"

#include <algorithm>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

/// What is left of `path` below `directory`: empty or starting with '/'.
std::optional<std::string_view> below(std::string_view path,
                                      std::string_view directory) {
  if (directory == "/") return path == "/" ? std::string_view{} : path;
  if (!path.starts_with(directory)) return {};
  path.remove_prefix(directory.size());
  if (!path.empty() && path.front() != '/') return {};
  return path;
}

std::string join(std::string_view directory, std::string_view rest) {
  std::string path{directory == "/" ? std::string_view{} : directory};
  path += rest;
  return path.empty() ? "/" : path;
}

/// What follows `name`, which ends in '=', in a list parted by commas.
std::optional<std::string_view> option_value(std::string_view options,
                                             std::string_view name) {
  while (!options.empty()) {
    const auto option = options.substr(0, options.find(','));
    options.remove_prefix(std::min(option.size() + 1, options.size()));
    if (option.starts_with(name)) return option.substr(name.size());
  }
  return {};
}

std::optional<Mount> parse_mount(std::string_view line) {
  const auto fields = split_blanks(line);
  const auto dash = std::find(fields.begin(), fields.end(), "-");
  if (dash - fields.begin() < 6 || fields.end() - dash < 3) return {};
  Mount mount;
  mount.device = fields[2];
  mount.root = unescape_mount_text(fields[3]);
  mount.mount_point = unescape_mount_text(fields[4]);
  mount.filesystem = dash[1];
  mount.super_options = fields.back();  // the source before it may be empty
  if (fields.end() - dash > 3) mount.source = unescape_mount_text(dash[2]);
  return mount;
}

}  // namespace

std::string unescape_mount_text(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digits = text.substr(i).starts_with('\\') && i + 4 <= text.size()
                            ? text.substr(i + 1, 3)
                            : std::string_view{};
    const bool octal =
        digits.size() == 3 &&
        digits.find_first_not_of("01234567") == std::string_view::npos &&
        digits[0] <= '3';
    if (!octal) {
      plain += text[i];
      continue;
    }
    plain += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 +
                               (digits[2] - '0'));
    i += 3;
  }
  return plain;
}

std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (auto mount = parse_mount(line)) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

const Mount* find_mount(const std::vector<Mount>& mounts,
                        std::string_view path) {
  const Mount* found = nullptr;
  for (const auto& mount : mounts) {
    if (!below(path, mount.mount_point)) continue;
    if (!found || mount.mount_point.size() >= found->mount_point.size())
      found = &mount;
  }
  return found;
}

std::optional<FilesystemPath> locate(const std::vector<Mount>& mounts,
                                     std::string_view path) {
  const Mount* mount = find_mount(mounts, path);
  if (!mount) return {};
  return FilesystemPath{mount->device,
                        join(mount->root, *below(path, mount->mount_point))};
}

std::vector<std::string> paths_to(const std::vector<Mount>& mounts,
                                  const FilesystemPath& directory) {
  std::vector<std::string> paths;
  for (auto mount = mounts.rbegin(); mount != mounts.rend(); ++mount) {
    if (mount->device != directory.device) continue;
    if (const auto rest = below(directory.path, mount->root))
      paths.push_back(join(mount->mount_point, *rest));
  }
  return paths;
}

std::string upper_directory(const Mount& mount) {
  if (mount.filesystem != "overlay") return {};
  return unescape_mount_text(
      option_value(mount.super_options, "upperdir=").value_or(""));
}

bool hides_processes(std::string_view super_options) {
  const auto value = option_value(super_options, "hidepid=");
  return value && *value != "0" && *value != "off";
}

}  // namespace openclaw_lock
