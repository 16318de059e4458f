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
  std::optional<std::vector<std::string>> mounts(const std::string& log) {
    problems.clear();
    return mounts_of_container(tree.path(log), problems);
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

TEST_CASE("is_container_log: by the name alone") {
  for (const char* log : {"1-json.log", "/c/1-json.log", "c1/1-json.log.2"})
    CHECK(is_container_log(log));
  for (const char* log : {"c1/1.log", "c1/1-json.log.gz", "c1/1-json.log.2.gz",
                          "c1/1-json.log.", "c1/1-json.logs", "1-json.log/x"})
    CHECK_FALSE(is_container_log(log));
}

TEST_CASE("mounts_of_container: what its configuration says") {
  Containers docker;
  using Mounts = std::vector<std::string>;
  CHECK(docker.mounts("c1/1-json.log") == Mounts{"/data/oc1/config"});
  CHECK(docker.mounts("c2/2-json.log.1") == Mounts{"/data/oc2/config"});
  CHECK_FALSE(docker.mounts("c3/3-json.log"));
  CHECK_FALSE(docker.mounts("c4/4-json.log"));
  CHECK(docker.problems.empty());
}

TEST_CASE("mounts_of_container: a configuration that cannot be read") {
  Containers docker;
  const auto fault = [&](const TreeEntry& entry) {
    docker.tree.remove("c3/config.v2.json");
    docker.tree.add(entry);
    CHECK_FALSE(docker.mounts("c3/3-json.log"));
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

TEST_CASE("mounts_of_container: what is mounted may be a link of the host") {
  Containers docker;
  docker.tree.add(TreeEntry::directory("host/mnt/disk/oc3"));
  docker.tree.add(TreeEntry::symlink("host/data/oc3", "/mnt/disk/oc3"));
  docker.tree.add({"c3/config.v2.json", Containers::config("/data/oc3")});
  const auto mounts =
      mounts_of_container(docker.tree.path("c3/3-json.log"), docker.problems,
                          docker.tree.path("host"));
  REQUIRE(mounts);
  CHECK(*mounts == std::vector<std::string>{"/data/oc3", "/mnt/disk/oc3"});
}
