// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/store_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

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

/// A path below `base` without it: a thousand gateways keep many.
std::string shortened(const std::string& path, const std::string& base) {
  return path.starts_with(base + '/') ? path.substr(base.size() + 1) : path;
}

std::string lengthened(const std::string& path, const std::string& base) {
  return path.empty() || path.starts_with('/') ? path : base + '/' + path;
}

}  // namespace

std::string StoreReader::follow(const StateDirPlace& place,
                                const std::string& path) {
  auto target = follow_link(place.root, path, place.gate);
  layout_.complete = layout_.complete && target;
  return target ? *std::move(target) : std::string{};
}

void StoreReader::list_agents(const StateDirPlace& place,
                              const std::string& path, WallTime now) {
  struct stat found {};
  const auto directory = open_directory(path);
  if (!directory || ::fstat(directory->get(), &found) != 0) {
    const bool missing =
        !directory && directory.problem().fault == Fault::missing;
    layout_.lists_agents = missing;
    layout_.complete = layout_.complete && missing;
    layout_.agents_dir.clear();
    return;
  }
  std::vector<std::string> names;
  const auto listed =
      list_directory(*directory, [&](std::string_view name, unsigned char) {
        names.emplace_back(name);
        return names.size() < kMaxAgents;
      });
  layout_.lists_agents = listed && names.size() < kMaxAgents;
  layout_.agents.reserve(names.size());
  for (const auto& name : names) {
    const auto agent = follow(place, path + '/' + name);
    auto& known = layout_.agents.emplace_back();
    if (agent.empty()) continue;
    known.own = shortened(follow(place, agent + "/agent"), path);
    known.sessions = shortened(follow(place, agent + "/sessions"), path);
  }
  layout_.agents_stamp = {found, now};
  layout_.complete = layout_.complete && layout_.lists_agents;
}

void StoreReader::look(const StateDirPlace& place, WallTime now) {
  layout_ = {};
  layout_.complete = true;
  layout_.state_dir_stamp = {place.found, now};
  const auto& path = place.state_dir;
  layout_.state = shortened(follow(place, path + "/state"), path);
  const auto agents = follow(place, path + "/agents");
  layout_.agents_dir = shortened(agents, path);
  if (!agents.empty()) list_agents(place, agents, now);
}

bool StoreReader::holds(const StateDirPlace& place, WallTime now) const {
  if (!layout_.complete || !layout_.state_dir_stamp.holds(place.found, now))
    return false;
  struct stat found {};
  const auto agents = lengthened(layout_.agents_dir, place.state_dir);
  return agents.empty() ||
         (place.gate(agents) && ::stat(agents.c_str(), &found) == 0 &&
          layout_.agents_stamp.holds(found, now));
}

StoreFiles StoreReader::read(const StateDirPlace& place, WallTime now) {
  if (!holds(place, now)) look(place, now);
  StoreFiles files;
  bool readable = true;
  const auto add = [&](const std::string& directory, const char* name,
                       DatabaseFiles& databases) {
    if (!directory.empty() && place.gate(directory))
      add_database(directory + name, databases, readable);
    else
      readable = false;
  };
  DatabaseFiles state;
  add(lengthened(layout_.state, place.state_dir), "/openclaw.sqlite", state);
  if (readable) files.state = std::move(state);

  readable = layout_.lists_agents;
  DatabaseFiles databases;
  const auto agents = lengthened(layout_.agents_dir, place.state_dir);
  for (const auto& agent : layout_.agents) {
    add(lengthened(agent.own, agents), "/openclaw-agent.sqlite", databases);
    const auto sessions = lengthened(agent.sessions, agents);
    if (sessions.empty() || !place.gate(sessions)) continue;
    struct stat store {};
    if (::stat((sessions + "/sessions.json").c_str(), &store) != 0) continue;
    const auto at = modified_at(store);
    auto& newest = files.traces.session_store_at;
    newest = newest ? std::max(*newest, at) : at;
  }
  if (readable) files.agents = std::move(databases);
  return files;
}

const std::string& ConfigVersion::forget() {
  seen_ = {};
  version_.clear();
  return version_;
}

const std::string& ConfigVersion::read(const StateDirPlace& place) {
  const auto named = place.state_dir + "/openclaw.json";
  const auto path = follow_link(place.root, named, place.gate);
  if (!path)
    return path.problem().fault == Fault::timeout ? version_ : forget();
  struct stat found {};
  if (::lstat(path->c_str(), &found) != 0 || !S_ISREG(found.st_mode))
    return forget();
  const std::pair now{mtime_in_ns(found), found.st_size};
  if (now == seen_ && *path == path_) return version_;
  const bool inside = named.starts_with(place.root + '/');
  const auto file = open_rooted({inside ? place.root : std::string{}, *path},
                                O_RDONLY | O_NONBLOCK | O_NOCTTY);
  const auto text = file ? read_regular_file(*file, *path, kMaxConfig)
                         : Result<std::string>{file.problem()};
  if (!text) return forget();
  version_ = last_touched_version(*text);
  path_ = *path;
  seen_ = now;
  return version_;
}

}  // namespace openclaw_lock
