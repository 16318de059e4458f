// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/glob_walker.h"

#include <dirent.h>

#include <algorithm>

#include "core/gateways/glob_capture.h"
#include "exporter/system/file.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

bool may_be_directory(unsigned char type) {
  return type == DT_DIR || type == DT_LNK || type == DT_UNKNOWN;
}

/// The matches one component further down.
std::vector<GlobMatch> descend(const std::vector<GlobMatch>& parents,
                               const std::string& component,
                               std::size_t max_matches,
                               std::vector<Problem>& problems,
                               const Gate& gate) {
  std::vector<GlobMatch> matches;
  for (const auto& parent : parents) {
    if (!is_glob(component)) {
      matches.push_back({parent.path + '/' + component, parent.captures});
      continue;
    }
    const auto path = parent.path.empty() ? "/" : parent.path;
    if (!gate(path)) {
      problems.push_back(shut_gate(path));
      continue;
    }
    const auto directory = open_directory(path);
    if (!directory) {
      if (directory.problem().fault != Fault::missing)
        problems.push_back(directory.problem());
      continue;
    }
    const auto visit = [&](std::string_view name, unsigned char type) {
      auto captures = parent.captures;
      if (may_be_directory(type) && match_component(component, name, captures))
        matches.push_back(
            {parent.path + '/' + std::string{name}, std::move(captures)});
      return matches.size() <= max_matches;
    };
    const auto listed = list_directory(*directory, visit);
    if (!listed)
      problems.push_back(
          {listed.problem().fault, path, listed.problem().detail});
  }
  return matches;
}

}  // namespace

std::vector<GlobMatch> expand_glob(const std::string& pattern,
                                   std::size_t max_matches,
                                   std::vector<Problem>& problems,
                                   const Gate& gate) {
  std::vector<GlobMatch> matches{{"", {}}};
  for (const auto& component : split_path(pattern))
    matches = descend(matches, component, max_matches, problems, gate);
  if (is_glob(pattern))
    std::erase_if(matches, [&](const GlobMatch& match) {
      return gate(match.path) && !open_directory(match.path) &&
             open_directory(match.path).problem().fault == Fault::missing;
    });
  std::sort(matches.begin(), matches.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  if (matches.size() > max_matches) {
    matches.resize(max_matches);
    problems.push_back({Fault::too_big, pattern,
                        "more than " + std::to_string(max_matches) +
                            " directories match; the rest is left out"});
  }
  return matches;
}

}  // namespace openclaw_lock
