// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

/// Largest configuration of a container that is read; Docker's have some
/// kilobytes.
inline constexpr std::size_t kMaxDockerConfigBytes = 1 << 20;

/// What is mounted into a container, as the host names it: the sources of its
/// bind mounts and local volumes, absolute, sorted by where they are mounted.
/// `json` is the text of Docker's config.v2.json (moby, 2015 on), which Docker
/// keeps beside the container's json-file log. A volume without a source lies
/// below the directory of Docker that the same text names.
Result<std::vector<std::string>> parse_docker_mounts(std::string_view json);

/// Whether a directory is one of `sources` or lies below one, all named as the
/// host does. A mount of the host's whole root does not count: it is for tools
/// that watch the host.
bool is_mounted(const std::vector<std::string>& sources,
                std::string_view directory);

}  // namespace openclaw_lock
