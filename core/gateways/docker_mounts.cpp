// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/docker_mounts.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/gateways/glob_capture.h"
#include "core/logs/json_members.h"

namespace openclaw_lock {
namespace {

/// A value of `MountPoints`, as far as it matters.
struct MountPoint {
  std::string source;
  std::string volume;
  std::string driver;
};

struct Container {
  bool has_id = false;
  std::string docker_root;                   ///< empty: not told
  std::map<std::string, MountPoint> mounts;  ///< by destination
};

void take_mount(std::string_view member, std::string_view text,
                MountPoint& mount) {
  if (member == "Source") mount.source = text;
  if (member == "Name") mount.volume = text;
  if (member == "Driver") mount.driver = text;
}

/// /var/lib/docker of /var/lib/docker/containers/ID/hostname.
std::string docker_root_of(std::string_view hostname_path) {
  const auto end = hostname_path.rfind("/containers/");
  if (!hostname_path.starts_with('/') || end == std::string_view::npos)
    return {};
  return std::string{hostname_path.substr(0, end)};
}

std::string source_of(const MountPoint& mount, const std::string& docker_root) {
  if (!mount.source.empty()) return mount.source;
  const bool is_volume = mount.driver == "local" && !mount.volume.empty() &&
                         mount.volume.find('/') == std::string::npos;
  if (!is_volume || docker_root.empty()) return {};
  return docker_root + "/volumes/" + mount.volume + "/_data";
}

}  // namespace

Result<std::vector<std::string>> parse_docker_mounts(std::string_view json) {
  if (json.size() > kMaxDockerConfigBytes)
    return Problem{Fault::too_big, "container", "longer than 1 MiB"};
  Container container;
  const bool parsed = visit_json_members(
      json, [&](const JsonPath& path, const JsonValue& value) {
        if (!value.text) return;
        if (path.is("ID")) container.has_id = true;
        if (path.is("HostnamePath"))
          container.docker_root = docker_root_of(*value.text);
        if (path.depth == 3 && path.names[0] == "MountPoints")
          take_mount(path.names[2], *value.text,
                     container.mounts[std::string{path.names[1]}]);
      });
  if (!parsed || !container.has_id)
    return Problem{Fault::malformed, "container",
                   "not Docker's configuration of a container"};
  std::vector<std::string> sources;
  for (const auto& [destination, mount] : container.mounts) {
    auto source = source_of(mount, container.docker_root);
    if (source.starts_with('/')) sources.push_back(std::move(source));
  }
  return sources;
}

bool is_mounted(const std::vector<std::string>& sources,
                std::string_view directory) {
  const auto parts = split_path(directory);
  return std::ranges::any_of(sources, [&](const std::string& source) {
    const auto top = split_path(source);
    return !top.empty() && top.size() <= parts.size() &&
           std::equal(top.begin(), top.end(), parts.begin());
  });
}

}  // namespace openclaw_lock
