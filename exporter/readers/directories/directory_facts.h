// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "exporter/readers/directories/session_directories.h"

namespace openclaw_lock {

/// What is known of a directory without listing it.
struct DirectoryFacts {
  DirectoryIdentity identity;
  std::string real_path;  ///< without symbolic links; for a directory of
                          ///< another mount namespace as that namespace has it;
                          ///< empty where it cannot be told
};

/// Empty where there is no directory at `path` or it cannot be reached; it may
/// be closed to the exporter for reading. Hangs where its file system does.
std::optional<DirectoryFacts> directory_facts(const std::string& path);

}  // namespace openclaw_lock
