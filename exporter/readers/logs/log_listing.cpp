// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/log_listing.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>
#include <utility>

#include "core/gateways/glob_capture.h"
#include "core/logs/rotated_name.h"
#include "exporter/system/file.h"
#include "exporter/system/glob_walker.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxDirectories = 4096;

std::pair<std::string, std::string> split_name(const std::string& path) {
  const auto slash = path.rfind('/');
  return {path.substr(0, slash), path.substr(slash + 1)};
}

bool matches(const std::string& pattern, const std::string& name) {
  std::vector<std::string> captures;
  return match_component(pattern, name, captures);
}

/// Lists one source after the other.
class Lister {
 public:
  Lister(std::optional<uid_t> owner, std::vector<Problem>& problems)
      : owner_{owner}, problems_{problems} {}

  /// What could not be looked at.
  std::set<std::string> list(const FollowedSource& source, std::size_t number) {
    const auto problems_before = problems_.size();
    const auto [directories, name] = split_name(source.pattern);
    for (const auto& match :
         expand_glob(directories.empty() ? "/" : directories, kMaxDirectories,
                     problems_))
      list_directory_of(match.path.empty() ? "/" : match.path, name, source,
                        number);
    std::set<std::string> unseen;
    for (auto i = problems_before; i < problems_.size(); ++i)
      unseen.insert(problems_[i].where);
    return unseen;
  }

  std::vector<ListedLog> take() { return std::move(files_); }

 private:
  void list_directory_of(const std::string& path, const std::string& pattern,
                         const FollowedSource& source, std::size_t number) {
    const auto directory = open_directory(path);
    if (!directory) {
      // A name can be opened where the directory cannot be listed.
      if (!is_glob(pattern)) add(path, pattern, source, number, false);
      if (directory.problem().fault != Fault::missing)
        problems_.push_back(directory.problem());
      return;
    }
    std::vector<std::string> names;
    const auto listed = list_directory(
        *directory, [&](std::string_view name, unsigned char /*type*/) {
          if (!is_compressed_name(name)) names.emplace_back(name);
          return true;
        });
    if (!listed)
      problems_.push_back(
          {listed.problem().fault, path, listed.problem().detail});
    for (const auto& log : names) {
      const auto before = unrotated_name(log);
      const bool is_rotated = before && matches(pattern, *before);
      if (is_rotated || matches(pattern, log))
        add(path, log, source, number, is_rotated);
    }
  }

  void add(const std::string& directory, const std::string& name,
           const FollowedSource& source, std::size_t number, bool is_rotated) {
    const auto path = directory == "/" ? '/' + name : directory + '/' + name;
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) {
      if (errno != ENOENT) problems_.push_back(system_problem(errno, path));
      return;
    }
    if (!S_ISREG(found.st_mode)) {
      if (!is_glob(source.pattern))
        problems_.push_back({Fault::malformed, path, "not a regular file"});
      return;
    }
    if (source.shared && owner_ && found.st_uid != *owner_) return;
    const LogFileId id{found.st_dev, found.st_ino};
    if (!seen_.insert(id).second) return;
    files_.push_back({path, id, static_cast<std::uint64_t>(found.st_size),
                      mtime_in_ns(found), number, is_rotated});
  }

  std::optional<uid_t> owner_;
  std::vector<Problem>& problems_;
  std::vector<ListedLog> files_;
  std::set<LogFileId> seen_;
};

}  // namespace

LogListing list_logs(const std::vector<FollowedSource>& sources,
                     std::optional<uid_t> owner, std::size_t max_files,
                     std::vector<Problem>& problems) {
  Lister lister{owner, problems};
  LogListing listing;
  for (std::size_t i = 0; i < sources.size(); ++i)
    listing.unseen.push_back(lister.list(sources[i], i));
  listing.files = lister.take();
  auto& files = listing.files;
  if (files.size() > max_files) {
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
      return a.mtime_ns > b.mtime_ns;
    });
    files.resize(max_files);
    problems.push_back({Fault::too_big, "logs",
                        "only the " + std::to_string(max_files) +
                            " logs written last are followed"});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
    return std::pair{a.is_rotated, a.path} < std::pair{b.is_rotated, b.path};
  });
  return listing;
}

}  // namespace openclaw_lock
