// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "exporter/fleet/fleet.h"
#include "tests/support/captured_stderr.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_procfs.h"
#include "tests/support/log_records.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;
using log_records::incident;
namespace fs = std::filesystem;

namespace {

/// A host with a gateway `main`, its log, and an exporter as `--once` runs it.
struct OnceHost {
  OnceHost() {
    procfs.add_kthreadd();
    tree.add(TreeEntry::directory("state/agents/main/sessions"));
    tree.add(TreeEntry::directory("logs"));
    settings.gateways = {
        {"main", tree.path("state"), {}, {tree.path("logs/openclaw-*.log")}}};
    settings.procfs = procfs.path();
    settings.sample_interval = 1h;
    settings.storage_path = tree.path("storage");
    settings.once = true;
  }

  void append(const std::string& text) const {
    std::ofstream{tree.path("logs/openclaw-1.log"), std::ios::app} << text;
  }

  std::string sample() const {
    // The one before may hold the storage a moment longer.
    const auto end = std::chrono::steady_clock::now() + 1min;
    auto storage = LogStorage::open(settings.storage_path);
    while (!storage && std::chrono::steady_clock::now() < end)
      storage = LogStorage::open(settings.storage_path);
    REQUIRE(storage);
    Fleet fleet{settings, {}, *std::move(storage)};
    while (!fleet.ready() && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    REQUIRE(fleet.ready());
    auto text = fleet.exposition(ExpositionFormat::text_0_0_4);
    CHECK(fleet.stop(1min));
    return text;
  }

  CapturedStderr captured;
  TempTree tree;
  FakeProcfs procfs;
  Settings settings;
};

/// The value of a sample, or `none`.
std::string value_of(const std::string& text, const std::string& sample) {
  const auto at = text.find('\n' + sample + ' ');
  if (at == std::string::npos) return "none";
  const auto begin = at + sample.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

const std::string kTimeouts =
    R"(openclaw_lock_timeouts_total{agent="main",gateway="main",kind="session"})";
const std::string kUp =
    R"(openclaw_lock_source_up{gateway="main",source="logs"})";

}  // namespace

TEST_CASE("Fleet: a complete sample has had its round of the logs") {
  OnceHost host;
  host.append(incident(1));
  const auto text = host.sample();
  CHECK(value_of(text, kUp) == "1");
  CHECK(value_of(text, kTimeouts) == "0");
  CHECK(value_of(text, R"(openclaw_lock_log_files{gateway="main"})") == "1");
}

TEST_CASE("Fleet: one sample after the other counts on from the storage") {
  OnceHost host;
  host.append(incident(1));
  CHECK(value_of(host.sample(), kTimeouts) == "0");
  host.append(incident(2) + incident(3));
  CHECK(value_of(host.sample(), kTimeouts) == "2");
  CHECK(value_of(host.sample(), kTimeouts) == "2");
  host.append(incident(4));
  CHECK(value_of(host.sample(), kTimeouts) == "3");
}

TEST_CASE("Fleet: without a storage each sample begins at the end") {
  OnceHost host;
  host.settings.storage_path.clear();
  host.append(incident(1));
  CHECK(value_of(host.sample(), kTimeouts) == "0");
  host.append(incident(2));
  CHECK(value_of(host.sample(), kTimeouts) == "0");
}

TEST_CASE("Fleet: logs that are switched off are not looked at") {
  OnceHost host;
  host.settings.collect_logs = false;
  host.append(incident(1));
  const auto text = host.sample();
  CHECK(value_of(text, kUp) == "none");
  CHECK(value_of(text, kTimeouts) == "none");
  CHECK(value_of(text,
                 R"(openclaw_lock_source_up{gateway="main",source="locks"})") ==
        "1");
}

TEST_CASE("Fleet: a gateway without any log is no obstacle to a sample") {
  OnceHost host;
  host.settings.gateways[0].logs = {host.tree.path("none/a.log")};
  const auto text = host.sample();
  CHECK(value_of(text, kUp) == "0");
  CHECK(value_of(text, R"(openclaw_lock_source_problems_total{gateway="main",)"
                       R"(problem="missing",source="logs"})") == "1");
}

TEST_CASE("Fleet: when a discovered gateway was first seen is kept") {
  OnceHost host;
  host.settings.gateways.clear();
  host.settings.sample_interval = 10ms;
  host.settings.rootfs = host.tree.root();
  host.tree.add(TreeEntry::directory("home/node/.openclaw/agents"));
  const auto path = host.tree.path("home/node/.openclaw");
  const auto run_until = [&](const auto& is_done) {
    std::shared_ptr<LogStorage> storage;
    REQUIRE(eventually([&] {
      auto opened = LogStorage::open(host.settings.storage_path);
      if (opened) storage = *std::move(opened);
      return storage != nullptr;
    }));
    Fleet fleet{host.settings, {}, storage};
    CHECK(eventually([&] { return is_done(storage->first_seen()); }));
    CHECK(fleet.stop(1min));
  };
  std::map<std::string, WallTime> first;
  run_until([&](const auto& seen) {
    first = seen;
    return seen.contains(path);
  });
  // A later run knows it, and forgets it where it has gone.
  run_until([&](const auto& seen) { return seen == first; });
  host.tree.remove("home/node/.openclaw");
  run_until([&](const auto& seen) { return seen.empty(); });
}
