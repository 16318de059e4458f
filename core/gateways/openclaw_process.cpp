// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/openclaw_process.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/gateways/glob_capture.h"
#include "core/gateways/openclaw_version.h"

namespace openclaw_lock {

namespace {

using Pieces = std::vector<std::string_view>;

/// Of the first entry with that name; empty: there is none.
std::optional<std::string_view> find_value(const Pieces& environment,
                                           std::string_view name) {
  for (const auto entry : environment)
    if (entry.size() > name.size() && entry.starts_with(name) &&
        entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  return {};
}

/// What a script that had no value may have written counts as none.
std::string_view set_value_of(const Pieces& environment,
                              std::string_view name) {
  const auto value = trimmed(value_of(environment, name));
  return value == "undefined" || value == "null" ? std::string_view{} : value;
}

bool is_profile(std::string_view name) {
  return !name.empty() && name != "default" &&
         name.find('/') == std::string_view::npos;
}

}  // namespace

std::string_view value_of(const Pieces& environment, std::string_view name) {
  return find_value(environment, name).value_or(std::string_view{});
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

std::string resolve_user_path(std::string_view path, std::string_view home,
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

std::string home_in_passwd(std::string_view passwd, std::uint32_t uid) {
  constexpr std::size_t kUid = 2;
  constexpr std::size_t kHome = 5;
  const auto wanted = std::to_string(uid);
  while (!passwd.empty()) {
    auto line = passwd.substr(0, passwd.find('\n'));
    passwd.remove_prefix(std::min(line.size() + 1, passwd.size()));
    std::array<std::string_view, kHome + 1> fields{};
    for (auto& field : fields) {
      field = line.substr(0, line.find(':'));
      line.remove_prefix(std::min(field.size() + 1, line.size()));
    }
    if (fields[kUid] == wanted) return std::string{fields[kHome]};
  }
  return {};
}

bool needs_user_home(const Pieces& environment) {
  return set_value_of(environment, "HOME").empty() &&
         set_value_of(environment, "USERPROFILE").empty() &&
         !find_value(environment, "HOME");
}

namespace {

/// That of the user, whatever OPENCLAW_HOME says; empty where it is not known.
std::string user_home_of(const ProcessStart& start) {
  const auto& environment = start.environment;
  std::string home{set_value_of(environment, "HOME")};
  if (home.empty()) home = set_value_of(environment, "USERPROFILE");
  if (home.empty() && needs_user_home(environment)) {
    if (!start.user_home) return {};
    home = *start.user_home;
  }
  return home.empty() ? std::string{start.working_directory}
                      : resolve_user_path(home, {}, start.working_directory);
}

/// With the root directory as what it is; empty where it is not known.
std::string whole_home_of(const ProcessStart& start) {
  auto home = user_home_of(start);
  const auto openclaw = set_value_of(start.environment, "OPENCLAW_HOME");
  return openclaw.empty()
             ? home
             : resolve_user_path(openclaw, home, start.working_directory);
}

}  // namespace

std::string home_of(const ProcessStart& start) {
  auto home = whole_home_of(start);
  return home == "/" ? std::string{} : home;
}

bool may_read_legacy_names(std::string_view service_version) {
  constexpr OpenclawVersion kLast{2026, 3, 13};
  const auto version = parse_openclaw_version(service_version);
  return !version || *version <= kLast;
}

std::vector<StateDirCandidate> state_dirs_of(const ProcessStart& start) {
  const auto& environment = start.environment;
  std::vector<StateDirCandidate> dirs;
  const auto add = [&](std::string path, Evidence evidence) {
    if (!path.empty()) dirs.push_back({std::move(path), evidence});
  };
  const auto whole_home = whole_home_of(start);
  const auto home = home_of(start);
  const auto below_home = [&](std::string_view name) {
    return whole_home.empty() ? std::string{} : home + '/' + std::string{name};
  };
  const auto named = [&](const char* variable) {
    return trimmed(value_of(environment, variable));
  };
  const auto resolve = [&](std::string_view path) {
    return resolve_user_path(path, whole_home, start.working_directory);
  };
  if (const auto dir = named("OPENCLAW_STATE_DIR"); !dir.empty()) {
    add(resolve(dir), Evidence::environment);
    return dirs;
  }
  const auto profile = start.profile.value_or(std::string_view{});
  if (is_profile(profile)) {
    add(below_home(".openclaw-" + std::string{profile}), Evidence::environment);
    return dirs;
  }
  const bool legacy = may_read_legacy_names(start.version) &&
                      may_read_legacy_names(named("OPENCLAW_SERVICE_VERSION"));
  if (const auto dir = named("CLAWDBOT_STATE_DIR"); legacy && !dir.empty())
    add(resolve(dir), Evidence::environment);
  if (const auto name = named("OPENCLAW_PROFILE");
      !start.profile && is_profile(name))
    add(below_home(".openclaw-" + std::string{name}), Evidence::environment);
  for (const auto* name : {".openclaw", ".clawdbot"})
    add(below_home(name), Evidence::guess);
  if (legacy)
    for (const auto* name : {".moltbot", ".moldbot"})
      add(below_home(name), Evidence::guess);
  return dirs;
}

}  // namespace openclaw_lock
