// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/disk/disk_work.h"

namespace openclaw_lock {

/// What the NFS server of the mount at `mount_point` has done for this kernel,
/// from the text of /proc/PID/mountstats (proc(5); net/sunrpc/stats.c,
/// rpc_clnt_show_stats; mountstats(8)): of the per-op statistics READ, WRITE
/// and COMMIT (a flush) the first number, requests, and the eighth,
/// milliseconds from when they were queued until they were done, repeats
/// included. Mounts of one export may share them. Empty where nothing is
/// mounted there, or no NFS; the mount made last wins.
std::optional<DiskWork> find_nfs_work(std::string_view text,
                                      std::string_view mount_point);

}  // namespace openclaw_lock
