// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/docker_mounts.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view kBind = R"({
  "State": {"Running": true, "Pid": 4711}, "ID": "4f1c",
  "Config": {"Hostname": "4f1c", "Env": ["HOME=/home/node"],
             "MountPoints": {"/y": {"Source": "/not/this"}}},
  "Name": "/openclaw-gateway-1",
  "MountPoints": {
    "/home/node/.openclaw": {
      "Source": "/opt/openclaw-multi/data/oc1/config",
      "Destination": "/home/node/.openclaw", "RW": true, "Name": "",
      "Driver": "", "Type": "bind", "Propagation": "rprivate",
      "Spec": {"Type": "bind", "Source": "/spec", "Target": "/x"}},
    "/etc/localtime": {"Source": "/etc/localtime", "Type": "bind"}},
  "HostnamePath": "/var/lib/docker/containers/4f1c/hostname"})";

Problem refused(std::string_view json) {
  const auto mounts = parse_docker_mounts(json);
  REQUIRE_FALSE(mounts);
  return mounts.problem();
}

}  // namespace

TEST_CASE("parse_docker_mounts: sources of bind mounts") {
  CHECK(*parse_docker_mounts(kBind) ==
        Strings{"/etc/localtime", "/opt/openclaw-multi/data/oc1/config"});
}

TEST_CASE("parse_docker_mounts: volumes, with and without their source") {
  constexpr std::string_view kVolumes = R"({"ID": "77aa",
    "MountPoints": {
      "/a": {"Source": "/srv/docker/volumes/openclaw_data/_data",
             "Name": "openclaw_data", "Driver": "local", "Type": "volume"},
      "/b": {"Source": "", "Name": "0f3e", "Driver": "local"},
      "/c": {"Source": "", "Name": "", "Driver": "", "Type": "tmpfs"},
      "/d": {"Source": "", "Name": "nfs", "Driver": "rexray"},
      "/e": {"Source": "", "Name": "../x", "Driver": "local"}},
    "HostnamePath": "/srv/docker/containers/77aa/hostname"})";
  CHECK(*parse_docker_mounts(kVolumes) ==
        Strings{"/srv/docker/volumes/openclaw_data/_data",
                "/srv/docker/volumes/0f3e/_data"});
}

TEST_CASE("parse_docker_mounts: no mounts, and none that are paths") {
  for (const char* json :
       {R"({"ID": "1"})", R"({"ID": "1", "MountPoints": {}})",
        R"({"ID": "1", "MountPoints": null})",
        R"({"ID": "1", "MountPoints": {"/a": {"Source": "b"}}})",
        R"({"ID": "1", "MountPoints": {"/a": {"Source": 7}}})",
        R"({"ID": "1", "MountPoints": {"/a": {"Name": "n"}}})"})
    CHECK(parse_docker_mounts(json)->empty());
}

TEST_CASE("parse_docker_mounts: what is no configuration of a container") {
  for (const char* json : {"", "[]", "{}", R"({"ID": 1})", R"({"ID": "1")",
                           R"({"MountPoints": {"/a": {"Source": "/b"}}})"})
    CHECK(refused(json).fault == Fault::malformed);
  const auto deep = R"({"ID": "1", "x": )" + std::string(1000, '[');
  CHECK(refused(deep).fault == Fault::malformed);
  const std::string big(kMaxDockerConfigBytes + 1, ' ');
  CHECK(refused(big).fault == Fault::too_big);
}

TEST_CASE("is_mounted: a source, or below one") {
  const Strings sources{"/opt/oc1/config", "/home/node/"};
  for (const char* directory : {"/opt/oc1/config", "/opt/oc1/config/x",
                                "/home/node", "/home/node/.openclaw"})
    CHECK(is_mounted(sources, directory));
  for (const char* directory :
       {"/opt/oc1", "/opt/oc1/config2", "/opt/oc2/config", "/home", "/", ""})
    CHECK_FALSE(is_mounted(sources, directory));
}

TEST_CASE("is_mounted: the whole host is for tools that watch it") {
  CHECK_FALSE(is_mounted({"/"}, "/opt/oc1/config"));
  CHECK_FALSE(is_mounted({}, "/opt/oc1/config"));
}
