// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/base/wall_time.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// Where the symbolic links of a state directory lead: its own entries, those
/// of agents/ and each agent's. `root`: where absolute ones start, without a
/// slash at its end; the answers are paths in it, absolute and without links,
/// and what the links themselves say. Hangs where the file system does.
std::set<std::string> links_of_state_dir(const std::string& state_dir,
                                         const std::string& root,
                                         const Gate& gate);

/// Whether the last component is what people call a copy that they keep:
/// `.openclaw-backup-2026-03-01`, `.openclaw.bak`, `.openclaw-old`.
bool is_backup_name(std::string_view path);

/// mtime of the newest of the directories and files that a running gateway
/// writes; empty where there is none.
std::optional<WallTime> newest_write(const std::string& state_dir,
                                     const Gate& gate);

}  // namespace openclaw_lock
