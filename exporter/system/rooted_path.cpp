// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/rooted_path.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "core/gateways/glob_capture.h"
#include "exporter/system/file.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

constexpr int kMaxLinks = 40;

/// Components that are still to be walked, the next one last.
std::vector<std::string> to_walk(std::string_view path) {
  auto parts = split_path(path);
  std::ranges::reverse(parts);
  return parts;
}

}  // namespace

Result<std::string> resolve_in_root(const std::string& root,
                                    const std::string& path, const Gate& gate) {
  std::vector<std::string> walked;
  auto left = to_walk(path);
  int links = 0;
  bool there = true;
  std::array<char, 4096> target;
  while (!left.empty()) {
    auto part = std::move(left.back());
    left.pop_back();
    if (part == ".") continue;
    if (part == "..") {
      if (!walked.empty()) walked.pop_back();
      continue;
    }
    walked.push_back(std::move(part));
    if (!there) continue;
    // proc(5): what it leads to cannot be written as a path of ours.
    if (root.empty() && walked.size() == 3 && walked[0] == "proc" &&
        walked[2] == "root")
      continue;
    auto here = root;
    for (const auto& one : walked) here.append("/").append(one);
    if (!gate(here)) return shut_gate(here);
    const auto length = ::readlink(here.c_str(), target.data(), target.size());
    if (length < 0) {
      there = errno != ENOENT && errno != ENOTDIR;
      continue;
    }
    if (++links > kMaxLinks || length == std::ssize(target))
      return Problem{Fault::malformed, root + path, "too many links"};
    const std::string_view link{target.data(),
                                static_cast<std::size_t>(length)};
    if (link.starts_with('/'))
      walked.clear();
    else
      walked.pop_back();
    auto more = to_walk(link);
    left.insert(left.end(), std::move_iterator{more.begin()},
                std::move_iterator{more.end()});
  }
  auto result = root;
  for (const auto& one : walked) result.append("/").append(one);
  return result.empty() ? std::string{"/"} : result;
}

Result<UniqueFd> open_rooted(const RootedPath& rooted, int flags) {
  const auto parts =
      split_path(std::string_view{rooted.path}.substr(rooted.root.size()));
  const auto root = rooted.root + '/';
  UniqueFd here{::open(root.c_str(), parts.empty()
                                         ? flags | O_CLOEXEC
                                         : O_PATH | O_DIRECTORY | O_CLOEXEC)};
  for (std::size_t i = 0; here && i < parts.size(); ++i) {
    const int how = i + 1 < parts.size() ? O_PATH | O_DIRECTORY : flags;
    here = UniqueFd{
        ::openat(here.get(), parts[i].c_str(), how | O_NOFOLLOW | O_CLOEXEC)};
  }
  if (!here) return system_problem(errno, rooted.path);
  return here;
}

Result<std::string> follow_link(const std::string& root,
                                const std::string& path, const Gate& gate) {
  if (!gate(path)) return shut_gate(path);
  struct stat entry {};
  if (::lstat(path.c_str(), &entry) != 0 || !S_ISLNK(entry.st_mode))
    return path;
  const bool inside = path.starts_with(root + '/');
  auto found = inside ? resolve_in_root(root, path.substr(root.size()), gate)
                      : resolve_in_root({}, path, gate);
  if (found && !gate(*found)) return shut_gate(path);
  return found;
}

}  // namespace openclaw_lock
