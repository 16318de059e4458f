// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace openclaw_lock {

/// True for file system types that only this kernel writes to, so that a lock
/// on them names a process of this kernel. Everything unknown, FUSE and network
/// file systems included, is not local: the safe answer.
bool is_local_filesystem(std::string_view type);

/// True for file system types whose data come over a network: what a FUSE
/// server does is known by its name only (fuse.sshfs). Everything unknown is
/// none. A type may be neither local nor of the network, as virtiofs.
bool is_network_filesystem(std::string_view type);

}  // namespace openclaw_lock
