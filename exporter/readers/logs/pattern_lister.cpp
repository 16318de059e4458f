// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/pattern_lister.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/gateways/glob_capture.h"
#include "core/logs/known_places.h"
#include "core/logs/rotated_name.h"
#include "exporter/readers/logs/docker_container.h"
#include "exporter/system/clock.h"
#include "exporter/system/file.h"
#include "exporter/system/mount_view.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kMaxDirectories = 4096;
constexpr std::size_t kMaxNames = 16384;
/// Changes that far apart have different stamps on all file systems (FAT).
constexpr seconds kStampStep{2};
constexpr seconds kListAnyway{60};
/// Longer than a listing takes, shorter than anybody's patience.
constexpr milliseconds kEntryPatience{1000};

bool matches(const std::string& pattern, const std::string& name) {
  std::vector<std::string> captures;
  return match_component(pattern, name, captures);
}

bool may_be_directory(unsigned char type) {
  return type == DT_DIR || type == DT_LNK || type == DT_UNKNOWN;
}

std::string join(const std::string& directory, const std::string& name) {
  return directory == "/" ? '/' + name : directory + '/' + name;
}

/// Empty for the root.
std::string clean_path(std::string_view path) {
  std::string clean;
  for (const auto& part : split_path(path)) clean += '/' + part;
  return clean;
}

/// Where a symbolic link leads, or the path itself. Touches no far side.
std::string target_of(const std::string& path) {
  std::array<char, 4096> target;
  const auto length = ::readlink(path.c_str(), target.data(), target.size());
  if (length <= 0) return path;
  const std::string text{target.data(), static_cast<std::size_t>(length)};
  return text.front() == '/' ? text
                             : path.substr(0, path.rfind('/') + 1) + text;
}

/// Leaves what a thread has entered, whatever happens there.
template <typename Leave>
class OnExit {
 public:
  explicit OnExit(Leave leave) : leave_{std::move(leave)} {}
  OnExit(const OnExit&) = delete;
  OnExit& operator=(const OnExit&) = delete;
  ~OnExit() { leave_(); }

 private:
  Leave leave_;
};

}  // namespace

PatternLister::PatternLister(std::string pattern, std::string host_root,
                             std::string root)
    : pattern_{std::move(pattern)},
      host_root_{std::move(host_root)},
      root_{std::move(root)},
      components_{split_path(pattern_)} {}

Result<std::string> PatternLister::place_of(const std::string& path,
                                            const Gate& gate) const {
  if (root_.empty() || !path.starts_with(root_ + '/')) return path;
  return resolve_in_root(root_, path.substr(root_.size()), gate);
}

bool PatternLister::enter() {
  std::unique_lock guard{mutex_};
  const auto end = is_busy_ ? busy_since_ + kEntryPatience : MonotonicTime{};
  if (!left_.wait_until(guard, end, [this] { return !is_busy_; })) return false;
  is_busy_ = true;
  busy_since_ = monotonic_now();
  return true;
}

void PatternLister::leave() {
  {
    const std::lock_guard guard{mutex_};
    is_busy_ = false;
  }
  left_.notify_one();
}

FoundLogs PatternLister::list(MonotonicTime now, milliseconds max_age,
                              const std::vector<std::string>& host_dirs,
                              const Gate& gate) {
  FoundLogs found;
  if (components_.empty()) return found;
  if (!enter()) {
    found.unseen.push_back(shut_gate(pattern_));
    return found;
  }
  const OnExit exit{[this] { leave(); }};
  now_ = now;
  const auto is_old = [&](const std::optional<MonotonicTime>& at) {
    return !at || now - *at >= max_age;
  };
  if (is_old(names_at_)) find_names(gate, found.other);
  found.unseen = unseen_;
  for (const auto number : names_for(host_dirs)) {
    auto& name = names_[number];
    if (is_old(name.looked_at)) look_at(name, gate);
    if (name.problem) found.unseen.push_back(*name.problem);
    if (!name.found) continue;
    found.files.push_back(*name.found);
    found.files.back().is_container = name.mounts && !host_dirs.empty();
  }
  return found;
}

void PatternLister::find_names(const Gate& gate, std::vector<Problem>& other) {
  unseen_.clear();
  unlistable_.clear();
  const auto paths = find_directories(gate);
  std::vector<std::string> listed;
  for (const auto& path : paths) {
    if (look_into(path, components_.back(), true, gate) != nullptr)
      listed.push_back(path);
  }
  if (std::erase_if(directories_, [this](const auto& entry) {
        return entry.second.visited_at != now_;
      }) > 0)
    changed_ = true;
  if (changed_ || !unlistable_.empty()) add_names(listed, other);
  changed_ = !unlistable_.empty();
  names_at_ = now_;
}

std::vector<std::string> PatternLister::find_directories(const Gate& gate) {
  std::vector<std::string> paths{""};
  for (std::size_t i = 0; i + 1 < components_.size(); ++i) {
    const auto& component = components_[i];
    std::vector<std::string> below;
    for (const auto& path : paths) {
      if (!is_glob(component)) {
        below.push_back(path + '/' + component);
        continue;
      }
      const auto* directory = look_into(path, component, false, gate);
      if (directory == nullptr) continue;
      for (const auto& entry : directory->entries)
        below.push_back(path + '/' + entry.name);
    }
    paths = std::move(below);
    if (paths.size() <= kMaxDirectories) continue;
    paths.resize(kMaxDirectories);
    unseen_.push_back({Fault::too_big, pattern_,
                       "more than " + std::to_string(kMaxDirectories) +
                           " directories match; the rest is left out"});
  }
  return paths;
}

/// Null where it is not there, or cannot be listed.
PatternLister::Directory* PatternLister::look_into(const std::string& path,
                                                   const std::string& component,
                                                   bool is_last,
                                                   const Gate& gate) {
  const auto place = path.empty() ? std::string{"/"} : path;
  const auto known = directories_.find(path);
  const bool is_linked =
      known != directories_.end() && !known->second.real_path.empty();
  if (!gate(place) || (is_linked && !gate(known->second.real_path))) {
    unseen_.push_back(shut_gate(place));
    if (known == directories_.end()) return nullptr;
    known->second.visited_at = now_;
    let_count(known->second, false);
    return nullptr;
  }
  const auto at = place_of(place, gate);
  if (!at) {
    unseen_.push_back(at.problem());
    return nullptr;
  }
  struct stat found {};
  if (::stat(at->c_str(), &found) != 0) {
    if (const int error = errno; fault_of(error) != Fault::missing)
      unseen_.push_back(system_problem(error, place));
    return nullptr;
  }
  const Stamp stamp{
      {found.st_dev, found.st_ino}, mtime_in_ns(found), ctime_in_ns(found)};
  auto& directory = directories_[path];
  directory.visited_at = now_;
  directory.place = *at;
  if (is_settled(directory, stamp)) {
    let_count(directory, true);
    return &directory;
  }
  if (directory.stamp != stamp) directory.stamp_since = now_;
  directory.stamp = stamp;
  directory.listed_at = now_;
  if (const auto problem = read(place, component, is_last, directory)) {
    directory.stamp.reset();
    let_count(directory, false);
    if (problem->fault != Fault::missing) unseen_.push_back(*problem);
    // A name can be opened where the directory cannot be listed.
    if (is_last && !is_glob(component)) unlistable_.push_back(path);
    return nullptr;
  }
  let_count(directory, true);
  return &directory;
}

void PatternLister::let_count(Directory& directory, bool counts) {
  changed_ = changed_ || directory.counts != counts;
  directory.counts = counts;
}

bool PatternLister::is_settled(const Directory& directory,
                               const Stamp& stamp) const {
  return directory.stamp == stamp &&
         directory.listed_at - directory.stamp_since >= kStampStep &&
         now_ - directory.listed_at < kListAnyway;
}

std::optional<Problem> PatternLister::read(const std::string& path,
                                           const std::string& component,
                                           bool is_last, Directory& directory) {
  std::vector<Entry> entries;
  const auto take = [&](std::string_view text, unsigned char type) {
    std::string name{text};
    const auto before = is_last ? unrotated_name(name) : std::nullopt;
    const bool wanted =
        is_last ? !is_compressed_name(name) &&
                      (matches(component, name) ||
                       (before && matches(component, *before)))
                : may_be_directory(type) && matches(component, name);
    if (wanted) entries.push_back({std::move(name), type});
    return entries.size() <= kMaxNames;
  };
  ++listings_;
  const auto opened =
      !root_.empty() && directory.place.starts_with(root_ + '/')
          ? open_rooted({root_, directory.place}, O_RDONLY | O_DIRECTORY)
          : open_directory(path);
  if (!opened) return opened.problem();
  if (const auto listed = list_directory(*opened, take); !listed)
    return Problem{listed.problem().fault, path, listed.problem().detail};
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto real_path = path_of(*opened);
  directory.real_path =
      real_path && *real_path != path ? *real_path : std::string{};
  // Whose container it is may be told only now.
  const bool is_unclaimed =
      !directory.mounts && std::ranges::any_of(entries, [](const auto& entry) {
        return is_container_log(entry.name);
      });
  changed_ = changed_ || is_unclaimed || entries != directory.entries;
  directory.entries = std::move(entries);
  return {};
}

void PatternLister::learn_mounts(Directory& directory,
                                 std::vector<Problem>& other) {
  const auto log = std::ranges::find_if(
      directory.entries,
      [](const auto& entry) { return is_container_log(entry.name); });
  if (directory.mounts || log == directory.entries.end()) return;
  if (auto mounts = mounts_of_container(join(directory.place, log->name), other,
                                        host_root_))
    directory.mounts = std::make_shared<const Mounts>(*std::move(mounts));
}

void PatternLister::add_names(const std::vector<std::string>& paths,
                              std::vector<Problem>& other) {
  std::map<std::string, Name> before;
  for (auto& name : names_) before.emplace(name.path, std::move(name));
  names_.clear();
  by_mount_.clear();
  unclaimed_.clear();
  const auto add = [&](const std::string& path, const Entry& entry,
                       const std::shared_ptr<const Mounts>& mounts) {
    if (names_.size() == kMaxNames) return;
    const auto own_path = join(path.empty() ? "/" : path, entry.name);
    const auto known = before.find(own_path);
    auto& name = names_.emplace_back(
        known == before.end() ? Name{} : std::move(known->second));
    name.path = own_path;
    const auto unrotated = unrotated_name(entry.name);
    name.is_rotated = unrotated && matches(components_.back(), *unrotated);
    name.may_lie_elsewhere = entry.type != DT_REG;
    name.profile = profile_of_log(entry.name);
    name.mounts = is_container_log(own_path) ? mounts : nullptr;
    if (!name.mounts) return unclaimed_.push_back(names_.size() - 1);
    for (const auto& source : *name.mounts)
      if (auto top = clean_path(source); !top.empty())
        by_mount_[std::move(top)].push_back(names_.size() - 1);
  };
  for (const auto& path : paths) {
    auto& directory = directories_[path];
    learn_mounts(directory, other);
    for (const auto& entry : directory.entries)
      add(path, entry, directory.mounts);
  }
  for (const auto& path : unlistable_) add(path, {components_.back()}, nullptr);
  if (names_.size() == kMaxNames)
    unseen_.push_back({Fault::too_big, pattern_,
                       "more than " + std::to_string(kMaxNames) +
                           " files match; the rest is left out"});
}

std::vector<std::size_t> PatternLister::names_for(
    const std::vector<std::string>& host_dirs) const {
  std::vector<std::size_t> numbers;
  if (host_dirs.empty()) {
    for (std::size_t i = 0; i < names_.size(); ++i) numbers.push_back(i);
    return numbers;
  }
  numbers = unclaimed_;
  for (const auto& directory : host_dirs) {
    std::string path;
    for (const auto& part : split_path(directory)) {
      path += '/' + part;
      const auto found = by_mount_.find(path);
      if (found != by_mount_.end())
        numbers.insert(numbers.end(), found->second.begin(),
                       found->second.end());
    }
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

void PatternLister::look_at(Name& name, const Gate& gate) const {
  name.looked_at = now_;
  name.problem.reset();
  name.found.reset();
  const auto place = place_of(name.path, gate);
  if (!place) {
    name.problem = place.problem();
    return;
  }
  const bool is_rooted = !root_.empty();
  if (!is_rooted && name.may_lie_elsewhere && !gate(target_of(name.path))) {
    name.problem = shut_gate(name.path);
    return;
  }
  struct stat found {};
  if ((is_rooted ? ::lstat : ::stat)(place->c_str(), &found) != 0) {
    if (errno != ENOENT) name.problem = system_problem(errno, name.path);
    return;
  }
  if (!S_ISREG(found.st_mode)) {
    if (!is_glob(pattern_))
      name.problem = {Fault::malformed, name.path, "not a regular file"};
    return;
  }
  auto& log = name.found.emplace();
  log.path = name.path;
  log.id = {found.st_dev, found.st_ino};
  log.owner = found.st_uid;
  log.size = static_cast<std::uint64_t>(found.st_size);
  log.mtime_ns = mtime_in_ns(found);
  log.is_rotated = name.is_rotated;
  log.profile = name.profile;
  log.names = found.st_nlink;
  struct stat entry {};
  log.is_link = name.may_lie_elsewhere &&
                ::lstat(name.path.c_str(), &entry) == 0 &&
                S_ISLNK(entry.st_mode);
  if (is_rooted) log.rooted = RootedPath{root_, *place};
}

std::shared_ptr<PatternLister> PatternListers::of(const std::string& pattern) {
  const std::lock_guard guard{mutex_};
  auto lister = listers_[pattern].lock();
  if (lister) return lister;
  auto root = process_root_of(procfs_, pattern);
  if (root.empty() && pattern.starts_with(host_root_ + '/')) root = host_root_;
  lister = std::make_shared<PatternLister>(pattern, host_root_, root);
  listers_[pattern] = lister;
  if (listers_.size() >= prune_at_) {
    std::erase_if(listers_,
                  [](const auto& entry) { return entry.second.expired(); });
    prune_at_ = std::max(prune_at_, 2 * listers_.size());
  }
  return lister;
}

}  // namespace openclaw_lock
