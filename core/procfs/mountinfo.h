// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openclaw_lock {

/// One line of /proc/PID/mountinfo (proc(5)).
struct Mount {
  std::string device;         ///< field 3, major:minor of the superblock
  std::string root;           ///< field 4, directory of the file system that is
                              ///< mounted, seen from that file system's root
  std::string mount_point;    ///< field 5, seen from the process' root
  std::string filesystem;     ///< type, e.g. ext4
  std::string super_options;  ///< e.g. rw,hidepid=invisible
  /// What is mounted, as the one who mounted it named it: /dev/vda, SERVER:/DIR
  /// or any word; may be empty.
  std::string source = {};

  bool operator==(const Mount&) const = default;
};

/// Reads the text, octal escapes (\040) undone; lines of another form are left
/// out. Later lines lie over earlier ones.
std::vector<Mount> parse_mountinfo(std::string_view text);

/// Undoes the octal escapes (\040) of the kernel's lists of mounts.
std::string unescape_mount_text(std::string_view text);

/// A directory as the kernel knows it, whatever mount one comes by: the same in
/// each mount namespace that has a mount of it.
struct FilesystemPath {
  std::string device;
  std::string path;  ///< seen from the root of the file system

  bool operator==(const FilesystemPath&) const = default;
};

/// The mount that an absolute path without symbolic links lies on.
const Mount* find_mount(const std::vector<Mount>& mounts,
                        std::string_view path);

/// Where an absolute path without symbolic links lies.
std::optional<FilesystemPath> locate(const std::vector<Mount>& mounts,
                                     std::string_view path);

/// Every path by which the namespace with these mounts may see the directory,
/// the mount made last first. A path may be hidden by a later mount above it;
/// whether it is the same directory only device and inode tell.
std::vector<std::string> paths_to(const std::vector<Mount>& mounts,
                                  const FilesystemPath& directory);

/// Directory that an overlay writes to (option `upperdir=`, as the one who
/// mounted it named it); empty for another file system or a read-only overlay.
std::string upper_directory(const Mount& mount);

/// True where the superblock options of a procfs hide other users' processes:
/// hidepid=1, 2, 4 or noaccess, invisible, ptraceable.
bool hides_processes(std::string_view super_options);

}  // namespace openclaw_lock
