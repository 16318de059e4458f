// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"

namespace openclaw_lock {

/// The problem of a path that a gate is shut for (see Gate).
inline Problem shut_gate(const std::string& path) {
  return {Fault::timeout, path, "its file system does not answer"};
}

}  // namespace openclaw_lock
