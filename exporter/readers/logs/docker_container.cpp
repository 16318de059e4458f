// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/docker_container.h"

#include "core/base/text.h"
#include "core/gateways/docker_mounts.h"
#include "exporter/system/file.h"
#include "exporter/system/rooted_path.h"

namespace openclaw_lock {
namespace {

constexpr std::string_view kLogName = "-json.log";

/// What is mounted into the container whose configuration this is.
Result<std::vector<std::string>> read_mounts(const std::string& path) {
  const auto text = read_regular_file(path, kMaxDockerConfigBytes);
  if (!text) return text.problem();
  auto mounts = parse_docker_mounts(*text);
  if (mounts) return mounts;
  return Problem{mounts.problem().fault, path, mounts.problem().detail};
}

}  // namespace

bool is_container_log(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const auto at = name.rfind(kLogName);
  if (at == std::string_view::npos) return false;
  const auto rest = name.substr(at + kLogName.size());
  return rest.empty() ||
         (rest.starts_with('.') && parse_integer<unsigned>(rest.substr(1)));
}

std::optional<std::vector<std::string>> mounts_of_container(
    const std::string& log_path, std::vector<Problem>& problems,
    const std::string& root) {
  const auto directory = log_path.substr(0, log_path.rfind('/') + 1);
  auto mounts = read_mounts(directory + "config.v2.json");
  if (mounts) {
    const auto count = mounts->size();
    for (std::size_t i = 0; i < count; ++i) {
      const auto real = resolve_in_root(root, (*mounts)[i], always_open);
      auto named = real ? real->substr(root.size()) : std::string{};
      if (real && named != (*mounts)[i]) mounts->push_back(std::move(named));
    }
    return *std::move(mounts);
  }
  if (mounts.problem().fault != Fault::missing)
    problems.push_back(mounts.problem());
  return {};
}

}  // namespace openclaw_lock
