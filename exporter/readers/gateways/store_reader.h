// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/wall_time.h"
#include "core/gateways/session_store_era.h"
#include "exporter/readers/directories/directory_stamp.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// The file by which the users of a database in WAL mode agree: `-shm`.
struct SharedMemoryFile {
  dev_t device = 0;
  ino_t inode = 0;
};

/// Databases of one kind, by stat alone: none is opened.
struct DatabaseFiles {
  bool present = false;          ///< there is at least one
  std::uint64_t main_bytes = 0;  ///< of all together
  std::uint64_t wal_bytes = 0;
  std::vector<SharedMemoryFile> shared_memory;
};

/// What a state directory holds of its store.
struct StoreFiles {
  std::optional<DatabaseFiles> state;   ///< empty: may not look
  std::optional<DatabaseFiles> agents;  ///< empty: may not look at all of them
  StoreTraces traces;                   ///< but for the singleton locks
};

/// Where a state directory lies, and what stat(2) says of it now.
struct StateDirPlace {
  const std::string& state_dir;
  const struct stat& found;
  const std::string& root;  ///< see LockReaderSettings
  const Gate& gate;
};

/// Looks at `state/openclaw.sqlite` and, of each agent, at
/// `agent/openclaw-agent.sqlite` and `sessions/sessions.json`. At most 4096
/// agents. Links mean what they mean below `root`, see read_state_directory();
/// one inside an agent's directory that leads elsewhere is noticed within a
/// minute. Of one state directory; not thread-safe. Hangs where the file system
/// does; where the gate is shut it may not look.
class StoreReader {
 public:
  StoreFiles read(const StateDirPlace& place, WallTime now);

 private:
  /// Directories without links, as seen from the one above if they lie in it;
  /// empty: it cannot be told.
  struct Agent {
    std::string own;
    std::string sessions;
  };
  struct Layout {
    bool complete = false;  ///< all could be told
    DirectoryStamp state_dir_stamp;
    DirectoryStamp agents_stamp;
    std::string state;
    std::string agents_dir;     ///< empty: there are none, or it cannot be told
    bool lists_agents = false;  ///< all of them
    std::vector<Agent> agents;
  };

  bool holds(const StateDirPlace& place, WallTime now) const;
  void look(const StateDirPlace& place, WallTime now);
  void list_agents(const StateDirPlace& place, const std::string& path,
                   WallTime now);
  std::string follow(const StateDirPlace& place, const std::string& path);

  Layout layout_;
};

/// Reads `openclaw.json` for the version that last wrote it, again only when
/// the file has changed. A link of it means what it means below `root`, and
/// only a regular file is opened. Hangs where the file system does.
class ConfigVersion {
 public:
  /// Empty where it cannot be known; as before where the gate is shut.
  const std::string& read(const StateDirPlace& place);

 private:
  const std::string& forget();

  std::string path_;                       ///< without links
  std::pair<std::int64_t, off_t> seen_{};  ///< mtime in ns, size
  std::string version_;
};

}  // namespace openclaw_lock
