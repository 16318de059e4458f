// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "exporter/fleet/fleet.h"
#include "tests/support/captured_stderr.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_procfs.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

/// A host without a configuration, and what the exporter logs of it.
struct BareHost {
  BareHost() {
    procfs.add_kthreadd();
    settings.procfs = procfs.path();
    settings.rootfs = tree.root();
    settings.sample_interval = 1h;
  }

  /// Whether a line with this text is written.
  bool logs(const std::string& text) const {
    const CapturedStderr captured;
    Fleet fleet{settings, {}, *LogStorage::open("")};
    CHECK(eventually([&] { return fleet.ready(); }));
    CHECK(fleet.stop(1min));
    const auto lines = captured.lines();
    return std::ranges::any_of(lines, [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    });
  }

  TempTree tree;
  FakeProcfs procfs;
  Settings settings;
};

}  // namespace

TEST_CASE("Fleet: a state directory of a container is told as it names it") {
  BareHost host;
  const TempTree container{TreeEntry::directory("home/node/.openclaw")};
  host.procfs.add(FakeProcess{7, 5000, "openclaw-gatewa"});
  host.procfs.write("7/cmdline", "openclaw-gateway\0\0"s);
  host.procfs.write("7/environ", "HOME=/home/node\0"s);
  host.procfs.remove("7/root");
  host.procfs.add(TreeEntry::symlink("7/root", container.root()));
  host.procfs.write("7/mountinfo", "90 1 0:50 / / rw - overlay overlay rw\n");
  CHECK(
      host.logs("msg=\"watching a gateway\" gateway=openclaw "
                "state_dir=/home/node/.openclaw"));
}

TEST_CASE("Fleet: what is said where no gateway is found") {
  BareHost host;
  CHECK(host.logs("no OpenClaw state directory found yet; looking again"));
  host.settings.once = true;
  CHECK(host.logs("no OpenClaw state directory found; the sample has none"));
}
