// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/disk/disk_work.h"

namespace openclaw_lock {

/// Rows of /proc/diskstats by device, `major:minor` as in mountinfo
/// (Documentation/admin-guide/iostats.rst): reads are fields 1 and 4, writes 5
/// and 8, flushes 16 and 17; times in milliseconds, which wrap around after
/// 2^32. Flushes are counted since Linux 5.5, and of whole disks only: the row
/// of a partition, and of a device that stands on others (device-mapper, md),
/// has zeros. Lines of another form are left out.
std::map<std::string, DiskWork> parse_diskstats(std::string_view text);

}  // namespace openclaw_lock
