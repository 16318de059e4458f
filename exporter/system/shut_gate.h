// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

/// The problem of a path that a gate is shut for (see Gate).
inline Problem shut_gate(const std::string& path) {
  return {Fault::timeout, path, "its file system does not answer"};
}

/// Whether a round met one: it has missed something.
inline bool met_shut_gate(const std::vector<Problem>& problems) {
  return std::ranges::find(problems, Fault::timeout, &Problem::fault) !=
         problems.end();
}

}  // namespace openclaw_lock
