// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

/// Whether a path or name is one of Docker's json-file: it ends in `-json.log`
/// or, rotated, `-json.log.N`.
bool is_container_log(std::string_view path);

/// What is mounted into the container of such a log, told by Docker's
/// config.v2.json beside it (docker_mounts.h). `log_path`: as the exporter can
/// open it. What is named by a link of the host, whose root directory lies at
/// `root` (without a slash at its end), is there by both names. Empty where
/// that cannot be told; what keeps a configuration that is there from being
/// read is told in `problems`.
std::optional<std::vector<std::string>> mounts_of_container(
    const std::string& log_path, std::vector<Problem>& problems,
    const std::string& root = {});

}  // namespace openclaw_lock
