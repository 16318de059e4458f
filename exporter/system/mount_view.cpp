// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/mount_view.h"

#include "core/base/text.h"
#include "exporter/system/file.h"
#include "exporter/system/procfs_files.h"

namespace openclaw_lock {
namespace {

/// The PID of a path below `procfs`/PID/root, else empty.
std::string process_of(const std::string& procfs, const std::string& path) {
  if (!path.starts_with(procfs + '/')) return {};
  const auto pid = path.substr(
      procfs.size() + 1, path.find('/', procfs.size() + 1) - procfs.size() - 1);
  const bool in_root = path.starts_with(procfs + '/' + pid + "/root/");
  return in_root && parse_integer<unsigned>(pid) ? pid : std::string{};
}

}  // namespace

std::string MountView::inner(const std::string& path) const {
  return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

std::string process_root_of(const std::string& procfs,
                            const std::string& path) {
  const auto pid = process_of(procfs, path);
  return pid.empty() ? pid : procfs + '/' + pid + "/root";
}

MountView read_mount_view(const std::filesystem::path& procfs,
                          const std::string& path) {
  const auto pid = process_of(procfs.native(), path);
  MountView view;
  if (!pid.empty()) view.prefix = procfs.native() + '/' + pid + "/root";
  const auto text = read_small_file(
      procfs / (pid.empty() ? "self" : pid) / "mountinfo", kMaxMountinfo);
  if (text)
    view.mounts =
        std::make_shared<const std::vector<Mount>>(parse_mountinfo(*text));
  return view;
}

MountViews mount_views_of(const std::filesystem::path& procfs) {
  return [procfs](const std::string& path) {
    return read_mount_view(procfs, path);
  };
}

}  // namespace openclaw_lock
