// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/docker_container.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "core/gateways/docker_mounts.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

/// A directory of Docker's with two containers.
struct Containers {
  ContainerOwner owner(const std::string& log,
                       const std::vector<std::string>& state_dirs = {
                           "/data/oc1/config"}) {
    problems.clear();
    return owner_of_container_log(tree.path(log), state_dirs, problems);
  }

  static std::string config(const std::string& source) {
    return R"({"ID":"1","MountPoints":{"/x":{"Source":")" + source + "\"}}}";
  }

  TempTree tree{{"c1/config.v2.json", config("/data/oc1/config")},
                {"c2/config.v2.json", config("/data/oc2/config")},
                TreeEntry::directory("c3")};
  std::vector<Problem> problems;
};

}  // namespace

TEST_CASE("owner_of_container_log: the one with the state directory in it") {
  Containers docker;
  CHECK(docker.owner("c1/1-json.log") == ContainerOwner::ours);
  CHECK(docker.owner("c1/1-json.log.2") == ContainerOwner::ours);
  CHECK(docker.owner("c2/2-json.log") == ContainerOwner::another);
  CHECK(docker.owner("c2/2-json.log", {"/link", "/data/oc2/config"}) ==
        ContainerOwner::ours);
  CHECK(docker.problems.empty());
}

TEST_CASE("owner_of_container_log: unknown where nothing tells") {
  Containers docker;
  for (const char* log :
       {"c3/3-json.log", "c1/1.log", "c1/1-json.log.gz", "c1/1-json.log.2.gz",
        "c1/1-json.log.", "c1/1-json.logs", "c4/4-json.log"}) {
    CAPTURE(log);
    CHECK(docker.owner(log) == ContainerOwner::unknown);
  }
  CHECK(docker.owner("c1/1-json.log", {}) == ContainerOwner::unknown);
  CHECK(docker.problems.empty());
}

TEST_CASE("owner_of_container_log: a configuration that cannot be read") {
  Containers docker;
  const auto fault = [&](const TreeEntry& entry) {
    docker.tree.remove("c3/config.v2.json");
    docker.tree.add(entry);
    CHECK(docker.owner("c3/3-json.log") == ContainerOwner::unknown);
    REQUIRE(docker.problems.size() == 1);
    CHECK(docker.problems[0].where == docker.tree.path("c3/config.v2.json"));
    return docker.problems[0].fault;
  };
  const std::string path = "c3/config.v2.json";
  CHECK(fault({path, "{}"}) == Fault::malformed);
  CHECK(fault(TreeEntry::fifo(path)) == Fault::malformed);
  CHECK(fault({path, std::string(kMaxDockerConfigBytes + 1, ' ')}) ==
        Fault::too_big);
  if (::getuid() != 0) CHECK(fault({path, "{}", 0}) == Fault::denied);
}

TEST_CASE("owner_of_container_log: what is mounted may be a link of the host") {
  Containers docker;
  docker.tree.add(TreeEntry::directory("host/mnt/disk/oc3"));
  docker.tree.add(TreeEntry::symlink("host/data/oc3", "/mnt/disk/oc3"));
  docker.tree.add({"c3/config.v2.json", Containers::config("/data/oc3")});
  const auto owner = [&](const std::string& state_dir) {
    return owner_of_container_log(docker.tree.path("c3/3-json.log"),
                                  {state_dir}, docker.problems,
                                  docker.tree.path("host"));
  };
  CHECK(owner("/mnt/disk/oc3") == ContainerOwner::ours);
  CHECK(owner("/data/oc3/config") == ContainerOwner::ours);
  CHECK(owner("/mnt/disk/oc4") == ContainerOwner::another);
}
