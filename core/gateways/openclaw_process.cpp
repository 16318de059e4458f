// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/openclaw_process.h"

#include <algorithm>

namespace openclaw_lock {

std::string_view value_of(const std::vector<std::string_view>& environment,
                          std::string_view name) {
  for (const auto entry : environment)
    if (entry.size() > name.size() && entry.starts_with(name) &&
        entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  return {};
}

bool may_be_openclaw(std::string_view comm) {
  return comm.starts_with("openclaw") || comm.starts_with("node") ||
         comm == "MainThread";
}

std::vector<std::string_view> split_nul(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const auto piece = text.substr(0, text.find('\0'));
    if (!piece.empty()) pieces.push_back(piece);
    text.remove_prefix(std::min(piece.size() + 1, text.size()));
  }
  return pieces;
}

bool is_openclaw_process(std::string_view comm,
                         const std::vector<std::string_view>& argv) {
  if (comm.starts_with("openclaw")) return true;
  return std::any_of(argv.begin(), argv.end(), [](std::string_view argument) {
    return argument.ends_with("/openclaw.mjs") || argument == "openclaw.mjs" ||
           argument.ends_with("openclaw/dist/index.js") ||
           argument.ends_with("openclaw/dist/entry.js");
  });
}

std::vector<std::string> state_dirs_of(
    const std::vector<std::string_view>& environment) {
  const auto state_dir = value_of(environment, "OPENCLAW_STATE_DIR");
  if (state_dir.starts_with('/')) return {std::string{state_dir}};
  auto home = value_of(environment, "OPENCLAW_HOME");
  if (!home.starts_with('/')) home = value_of(environment, "HOME");
  if (!home.starts_with('/')) return {};
  const auto profile = value_of(environment, "OPENCLAW_PROFILE");
  std::vector<std::string> dirs;
  if (!profile.empty() && profile != "default" &&
      profile.find('/') == std::string_view::npos)
    dirs.push_back(std::string{home} + "/.openclaw-" + std::string{profile});
  dirs.push_back(std::string{home} + "/.openclaw");
  return dirs;
}

}  // namespace openclaw_lock
