// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/directories/state_dir_access.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <string>
#include <utility>

namespace openclaw_lock {

StateDirAccess::Permissions StateDirAccess::read(
    const std::string& path) const {
  struct stat found {};
  if (!gate_(path)) return {};
  if (::stat(path.c_str(), &found) != 0)
    return {errno == ENOENT || errno == ENOTDIR, {}};
  FilePermissions permissions{found.st_uid, found.st_gid, found.st_mode};
  // With an access list these bits are the most that it gives to anyone.
  if ((found.st_mode & S_IRWXG) != 0)
    permissions.has_access_list =
        ::getxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
  return {true, permissions};
}

bool StateDirAccess::permits(const Permissions& permissions,
                             const FileCredentials& process,
                             FileAccess access) {
  if (!permissions.known) return true;
  return permissions.found && may_access(process, *permissions.found, access);
}

const StateDirAccess::Permissions& StateDirAccess::of_agents() {
  if (!agents_) {
    const auto agents =
        follow_link(rooted_.root, rooted_.path + "/agents", gate_);
    agents_ = agents ? read(*agents) : Permissions{};
  }
  return *agents_;
}

bool StateDirAccess::may_write(const FileCredentials* process) {
  if (!process) return true;
  if (!itself_) itself_ = read(rooted_.path);
  return permits(*itself_, *process, FileAccess::write) ||
         permits(of_agents(), *process, FileAccess::write);
}

bool StateDirAccess::may_reach(const FileCredentials* process) const {
  if (!process) return true;
  const auto& path = rooted_.path;
  for (auto end = path.find('/', rooted_.root.size()); end != std::string::npos;
       end = path.find('/', end + 1)) {
    const auto above = path.substr(0, end);
    if (!permits(read(above.empty() ? "/" : above), *process,
                 FileAccess::search))
      return false;
  }
  return true;
}

}  // namespace openclaw_lock
