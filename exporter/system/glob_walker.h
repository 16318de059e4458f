// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// A directory that a glob matched, and what each `*` stood for.
struct GlobMatch {
  std::string path;
  std::vector<std::string> captures;
};

/// Lists the directories that an absolute pattern matches, sorted by path; a
/// pattern without wildcards gives itself, whether it is there or not. Parts
/// that cannot be listed are left out and told in `problems`. At most
/// `max_matches`. What the gate is shut for is not listed, a timeout; a match
/// that lies there stays.
std::vector<GlobMatch> expand_glob(const std::string& pattern,
                                   std::size_t max_matches,
                                   std::vector<Problem>& problems,
                                   const Gate& gate = always_open);

}  // namespace openclaw_lock
