// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/store_reader.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "exporter/readers/directories/session_directories.h"
#include "exporter/system/file.h"
#include "exporter/system/rooted_path.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxAgents = 4096;
constexpr std::size_t kMaxConfig = 4 << 20;

/// The file's facts; `readable` becomes false where it may be there unseen.
std::optional<struct stat> look(const std::string& path, bool& readable) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) return found;
  if (fault_of(errno) != Fault::missing) readable = false;
  return {};
}

void add_database(const std::string& path, DatabaseFiles& files,
                  bool& readable) {
  const auto main = look(path, readable);
  if (!main || !S_ISREG(main->st_mode)) return;
  files.present = true;
  files.main_bytes += static_cast<std::uint64_t>(main->st_size);
  if (const auto wal = look(path + "-wal", readable))
    files.wal_bytes += static_cast<std::uint64_t>(wal->st_size);
  if (const auto shm = look(path + "-shm", readable))
    files.shared_memory.push_back({shm->st_dev, shm->st_ino});
}

void add_agent(const std::string& agent, const std::string& root,
               const Gate& gate, DatabaseFiles& databases, StoreTraces& traces,
               bool& readable) {
  if (const auto own = follow_link(root, agent + "/agent", gate))
    add_database(*own + "/openclaw-agent.sqlite", databases, readable);
  else
    readable = false;
  bool unseen = true;
  const auto sessions = follow_link(root, agent + "/sessions", gate);
  if (!sessions) return;
  const auto store = look(*sessions + "/sessions.json", unseen);
  if (!store) return;
  const auto at = modified_at(*store);
  traces.session_store_at =
      traces.session_store_at ? std::max(*traces.session_store_at, at) : at;
}

}  // namespace

StoreFiles read_store_files(const std::string& state_dir,
                            const std::string& root, const Gate& gate) {
  StoreFiles files;
  bool readable = true;
  DatabaseFiles state;
  if (const auto own = follow_link(root, state_dir + "/state", gate))
    add_database(*own + "/openclaw.sqlite", state, readable);
  else
    readable = false;
  if (readable) files.state = std::move(state);
  files.traces.sqlite_gateway_at = newest_sqlite_gateway(state_dir, root, gate);

  readable = true;
  DatabaseFiles databases;
  const auto agents = follow_link(root, state_dir + "/agents", gate);
  if (!agents) return files;
  const auto directory = open_directory(*agents);
  if (!directory) {
    if (directory.problem().fault == Fault::missing) files.agents = databases;
    return files;
  }
  std::size_t seen = 0;
  const auto listed =
      list_directory(*directory, [&](std::string_view name, unsigned char) {
        const auto agent =
            follow_link(root, *agents + '/' + std::string{name}, gate);
        if (agent)
          add_agent(*agent, root, gate, databases, files.traces, readable);
        else
          readable = false;
        return ++seen < kMaxAgents;
      });
  if (listed && readable && seen < kMaxAgents)
    files.agents = std::move(databases);
  return files;
}

const std::string& ConfigVersion::read(const std::string& state_dir) {
  const auto path = state_dir + "/openclaw.json";
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) {
    seen_ = {};
    version_.clear();
    return version_;
  }
  const std::pair now{mtime_in_ns(found), found.st_size};
  if (now == seen_) return version_;
  const auto text = read_small_file(path, kMaxConfig);
  version_ = text ? last_touched_version(*text) : std::string{};
  seen_ = text ? now : decltype(seen_){};
  return version_;
}

}  // namespace openclaw_lock
