// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/gateways/glob_capture.h"
#include "core/gateways/openclaw_config.h"

using namespace openclaw_lock;

namespace {

bool is_place(const std::string& path, std::string_view wildcards) {
  return path.empty() || (path.starts_with('/') && path.size() < 20000 &&
                          path.find('\0') == std::string::npos &&
                          path.find("/../") == std::string::npos &&
                          path.find_first_of(wildcards) == std::string::npos);
}

std::size_t depth_of(const Json5Value& value) {
  std::size_t deepest = 0;
  for (const auto& element : value.elements)
    deepest = std::max(deepest, depth_of(element));
  for (const auto& [name, member] : value.members)
    deepest = std::max(deepest, depth_of(member));
  return deepest + 1;
}

}  // namespace

/// NUL parts the files: `/c/openclaw.json`, then what is included, one after
/// the other and over again, as far as the bounds of includes allow. What comes
/// out is absolute and no pattern but for the agent's `*`.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  std::vector<std::string> files{""};
  for (const char c : text) {
    if (c == '\0' && files.size() < 8)
      files.emplace_back();
    else
      files.back() += c;
  }
  const auto all = [](const auto&) { return true; };
  if (const auto value = parse_json5(files[0], all)) {
    if (depth_of(*value) > kMaxJson5Depth + 1) std::abort();
  } else if (!value.problem().detail.starts_with("line ")) {
    std::abort();
  }
  std::size_t reads = 0;
  const auto read = [&](const std::string& path) -> Result<std::string> {
    if (reads > kMaxIncludes + 1) std::abort();
    if (path != "/c" && !path.starts_with("/c/")) std::abort();
    return files[reads++ % files.size()];
  };
  const auto config = load_config("/c/openclaw.json", {"/c"}, read);
  if (!config) return 0;
  const ConfigEnvironment environment{
      "/home", "/cwd", [&](std::string_view name) {
        return name.size() > 2 ? std::string_view{"v"} : std::string_view{};
      }};
  std::vector<Problem> problems;
  const auto places = places_of(*config, environment, problems);
  if (problems.size() > 2 || !is_place(places.log_file, "*?") ||
      !is_place(places.session_dir, "?"))
    std::abort();
  for (const auto& path : config_paths_of(environment, "/s"))
    if (!is_place(path, "")) std::abort();
  log_name_pattern(files[0]);
  return 0;
}
