// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace openclaw_lock {

/// True for file system types that only this kernel writes to, so that a lock
/// on them names a process of this kernel. Everything unknown, FUSE and network
/// file systems included, is not local: the safe answer.
bool is_local_filesystem(std::string_view type);

}  // namespace openclaw_lock
