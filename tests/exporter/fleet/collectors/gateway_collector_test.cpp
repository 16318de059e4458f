// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "exporter/fleet/fleet.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_procfs.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

/// A host that booted long ago, with a state directory and its singleton lock.
struct LockedHost {
  LockedHost() {
    procfs.add_kthreadd();
    procfs.write("stat", "btime 1000\n");
    tree.add(TreeEntry::directory("home/me/.openclaw"));
    settings.procfs = procfs.path();
    settings.rootfs = tree.root();
    settings.sample_interval = 1h;
  }

  /// What the first complete sample of all says.
  std::string first_sample() const {
    Fleet fleet{settings, {"", "/home/me"}, *LogStorage::open("")};
    CHECK(eventually([&] { return fleet.ready(); }));
    auto text = fleet.exposition(ExpositionFormat::text_0_0_4);
    CHECK(fleet.stop(1min));
    return text;
  }

  TempTree tree;
  FakeProcfs procfs;
  Settings settings;
};

}  // namespace

TEST_CASE("Fleet: the first sample knows that a gateway's lock was left") {
  LockedHost host;
  SUBCASE("in the directory for temporary files") {
    host.tree.add(
        {"tmp/openclaw-0/gateway.d59d07cd.lock",
         R"({"pid":7,"configPath":"/home/me/.openclaw/openclaw.json",)"
         R"("startTime":70})"});
  }
  SUBCASE("in the state directory") {
    host.tree.add({"home/me/.openclaw/tmp/openclaw-0/gateway.state.lock",
                   R"({"pid":7,"ownerId":"x","startTime":70})"});
  }
  CHECK(host.first_sample().find(
            R"(openclaw_lock_files{agent="",gateway="openclaw",holder="dead",)"
            R"(kind="gateway"} 1)") != std::string::npos);
}
