// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

/// Whose container a log is of.
enum class ContainerOwner {
  ours,     ///< the state directory is mounted into it
  another,  ///< it is not
  unknown,  ///< no log of Docker's json-file, or its container cannot be told
};

/// Tells by Docker's config.v2.json, beside the log, whether a container has a
/// state directory mounted. `log_path`: as the exporter can open it, one that
/// ends in `-json.log` or, rotated, `-json.log.N`. `state_dirs`: the paths of
/// one state directory, as the host names them (WatchedGateway::host_dirs);
/// without any the answer is unknown. `root`: where the host's root directory
/// lies, without a slash at its end; what is mounted may be named by a link of
/// the host. What keeps a configuration that is there from being read is told
/// in `problems`.
ContainerOwner owner_of_container_log(
    const std::string& log_path, const std::vector<std::string>& state_dirs,
    std::vector<Problem>& problems, const std::string& root = {});

}  // namespace openclaw_lock
