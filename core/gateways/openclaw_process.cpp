// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/openclaw_process.h"

#include <algorithm>
#include <utility>

#include "core/gateways/glob_capture.h"

namespace openclaw_lock {

namespace {

using Pieces = std::vector<std::string_view>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\r";
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// Absolute, without `.`, `..` and slashes at its end; empty where that cannot
/// be.
std::string resolved(std::string_view path, std::string_view home,
                     std::string_view working_directory) {
  std::string full{path};
  if (path == "~" || path.starts_with("~/")) {
    if (home.empty()) return {};
    full = std::string{home} + std::string{path.substr(1)};
  } else if (!path.starts_with('/')) {
    if (!working_directory.starts_with('/')) return {};
    full = std::string{working_directory} + '/' + full;
  }
  std::vector<std::string> parts;
  for (auto& part : split_path(full)) {
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (part != "." && part != "..") parts.push_back(std::move(part));
  }
  std::string normal;
  for (const auto& part : parts) normal.append("/").append(part);
  return normal.empty() ? "/" : normal;
}

std::string home_of(const Pieces& environment,
                    std::string_view working_directory) {
  const auto home = trimmed(value_of(environment, "HOME"));
  const auto user = home.starts_with('/') ? home : std::string_view{};
  const auto openclaw = trimmed(value_of(environment, "OPENCLAW_HOME"));
  auto path = openclaw.empty() ? std::string{}
                               : resolved(openclaw, user, working_directory);
  if (path.empty()) path = user;
  return path == "/" ? std::string{} : path;
}

bool is_profile(std::string_view name) {
  return !name.empty() && name != "default" &&
         name.find('/') == std::string_view::npos;
}

}  // namespace

std::string_view value_of(const Pieces& environment, std::string_view name) {
  for (const auto entry : environment)
    if (entry.size() > name.size() && entry.starts_with(name) &&
        entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  return {};
}

Pieces split_nul(std::string_view text) {
  Pieces pieces;
  while (!text.empty()) {
    const auto piece = text.substr(0, text.find('\0'));
    if (!piece.empty()) pieces.push_back(piece);
    text.remove_prefix(std::min(piece.size() + 1, text.size()));
  }
  return pieces;
}

std::vector<StateDirCandidate> state_dirs_of(
    const Pieces& environment, std::string_view profile,
    std::string_view working_directory) {
  std::vector<StateDirCandidate> dirs;
  const auto add = [&](std::string path, Evidence evidence) {
    if (!path.empty()) dirs.push_back({std::move(path), evidence});
  };
  const auto home = home_of(environment, working_directory);
  const auto has_home = value_of(environment, "HOME").starts_with('/') ||
                        !home.empty();
  const auto below_home = [&](std::string_view name) {
    return has_home ? home + '/' + std::string{name} : std::string{};
  };
  const auto named = [&](const char* variable) {
    return trimmed(value_of(environment, variable));
  };
  if (const auto dir = named("OPENCLAW_STATE_DIR"); !dir.empty()) {
    add(resolved(dir, home, working_directory), Evidence::environment);
    return dirs;
  }
  if (is_profile(profile)) {
    add(below_home(".openclaw-" + std::string{profile}), Evidence::environment);
    return dirs;
  }
  if (const auto dir = named("CLAWDBOT_STATE_DIR"); !dir.empty())
    add(resolved(dir, home, working_directory), Evidence::environment);
  if (const auto name = named("OPENCLAW_PROFILE");
      profile.empty() && is_profile(name))
    add(below_home(".openclaw-" + std::string{name}), Evidence::environment);
  for (const auto* name : {".openclaw", ".clawdbot", ".moltbot", ".moldbot"})
    add(below_home(name), Evidence::guess);
  return dirs;
}

}  // namespace openclaw_lock
