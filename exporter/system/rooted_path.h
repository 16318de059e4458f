// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "exporter/system/gate.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// What an absolute path means to those whose root directory is `root` (without
/// a slash at its end; empty: our own): the same without symbolic links, each
/// followed inside that root and never out of it. The answer has `root` in
/// front. What is not there stays as it is written.
///
/// malformed: more than 40 links. timeout: the gate is shut.
Result<std::string> resolve_in_root(const std::string& root,
                                    const std::string& path, const Gate& gate);

/// What resolve_in_root() gave.
struct RootedPath {
  std::string root;
  std::string path;  ///< with `root` in front

  bool operator==(const RootedPath&) const = default;
};

/// Opens it component by component, so that none which has become a link since
/// leads out of the root. `flags`: of open(2).
Result<UniqueFd> open_rooted(const RootedPath& rooted, int flags);

/// For a path none of whose parents is a link: itself, or, where it is a link,
/// what resolve_in_root() says. Whoever gets a path may touch it.
Result<std::string> follow_link(const std::string& root,
                                const std::string& path, const Gate& gate);

}  // namespace openclaw_lock
