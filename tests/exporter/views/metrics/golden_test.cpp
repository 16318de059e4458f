// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "exporter/readers/disk/disk_reader.h"
#include "exporter/readers/gateways/gateway_reader.h"
#include "exporter/readers/locks/lock_reader.h"
#include "exporter/readers/logs/log_follower.h"
#include "exporter/readers/logs/log_reader.h"
#include "exporter/readers/processes/process_reader.h"
#include "exporter/system/file.h"
#include "tests/support/captures.h"
#include "tests/support/fake_procfs.h"
#include "tests/support/metrics_text.h"

using namespace openclaw_lock;

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

WallTime time_at(const char* text) { return *parse_iso8601(text); }

/// As if the round had taken 2 ms.
SourceHealth health_of(const RoundResult& round, WallTime now) {
  const MonotonicTime began{1s};
  SourceHistory history;
  history.begin({}, began);
  history.finish(round, {}, began + 2ms, now);
  return assess_source(history, {}, began + 2ms);
}

/// A machine of tests/fixtures/machines, alive for one test.
class Machine {
 public:
  explicit Machine(const std::string& name) {
    const fs::path fixture =
        fs::path{TEST_DATA_DIR} / "fixtures/machines" / name;
    fs::copy(fixture / "state", state_.root() / "state",
             fs::copy_options::recursive);
    for (const auto& entry : fs::directory_iterator{fixture / "proc"})
      add_process(entry.path());
  }

  FakeProcfs& procfs() { return procfs_; }

  void set_mtime(const std::string& below_state, const char* time) const {
    fs::last_write_time(state_.root() / "state" / below_state,
                        fs::file_time_type::clock::from_sys(time_at(time)));
  }
  void set_lock_mtimes(const char* time) const {
    const std::string sessions = "agents/main/sessions/";
    for (const auto& entry :
         fs::directory_iterator{state_.root() / "state" / sessions})
      set_mtime(sessions + entry.path().filename().string(), time);
  }

  /// What /metrics says of it, without build and process of the exporter.
  std::string metrics(WallTime now) const {
    ProcessTable table;
    ProcessReader processes{procfs_.path()};
    const auto walk = processes.read(table, now);
    LockReader locks{{state_.path("state"), {}, procfs_.path()},
                     [&] { return std::make_shared<ProcessTable>(table); },
                     [now] { return now; }};
    const auto round = locks.round();
    GatewaySnapshot gateway{"main"};
    gateway.readings.put<LockFacts>(SourceName::locks,
                                    std::make_shared<LockFacts>(locks.report()),
                                    health_of(round, now));
    gateway.readings.put_census(health_of(walk, now));
    FleetSnapshot report;
    report.now = now;
    report.gateways.push_back(std::move(gateway));
    return expose({lock_metrics(), source_metrics()}, report);
  }

 private:
  void add_process(const fs::path& directory) {
    const auto base = directory.filename().string() + '/';
    for (const auto* file : {"stat", "status"})
      procfs_.write(base + file, *read_small_file(directory / file, 65536));
    procfs_.write(base + "mountinfo", root_mount());
    procfs_.write(base + "timens_offsets", "boottime 0 0\n");
    procfs_.add(TreeEntry::symlink(base + "root", "/"));
  }

  TempTree state_;
  FakeProcfs procfs_;
};

/// The logs of one gateway of tests/fixtures/captures, read as they grow.
class LoggedGateway {
 public:
  explicit LoggedGateway(WallTime now) : now_{now} {
    follower_.watch({{logs_.path("openclaw-*.log"), false},
                     {logs_.path("*-json.log"), false}},
                    {}, {});
    round();
  }

  void file_log(const std::string& capture) {
    append("openclaw-2026-11-20.log", read_capture(capture));
    round();
  }
  /// Its console, as Docker keeps it.
  void console(const std::string& capture) {
    std::string text;
    for (const auto& line : lines_of(read_capture(capture)))
      text += wrapped::docker(line, line.find("[ws]") == std::string::npos);
    append("c1-json.log", text);
    round();
  }
  void rotate() {
    fs::rename(logs_.path("openclaw-2026-11-20.log"),
               logs_.path("openclaw-2026-11-20.1.log"));
  }

  GatewaySnapshot report(const std::string& name) {
    ledger_.settle(now_ + std::chrono::seconds{1});
    GatewaySnapshot gateway{name};
    LogFacts logs;
    logs.totals = ledger_.totals();
    logs.files = follower_.followed();
    logs.unread_bytes = follower_.unread_bytes();
    gateway.readings.put<LogFacts>(SourceName::logs,
                                   std::make_shared<LogFacts>(logs),
                                   health_of({true, problems_}, now_));
    return gateway;
  }

 private:
  void append(const std::string& name, const std::string& text) {
    std::ofstream{logs_.path(name), std::ios::app | std::ios::binary} << text;
  }
  void round() {
    follower_.round(
        now_, [] { return false; }, problems_);
  }

  TempTree logs_;
  WallTime now_;
  LogLedger ledger_;
  LogIntake intake_{ledger_};
  LogFollower follower_{intake_};
  std::vector<Problem> problems_;
};

void check_golden(const std::string& name, const std::string& metrics) {
  const auto path = std::string{TEST_DATA_DIR "/golden/"} + name + ".prom";
  if (std::getenv("UPDATE_GOLDEN")) std::ofstream{path} << metrics;
  const auto golden = read_small_file(path, 1 << 20);
  REQUIRE(golden);
  CHECK(metrics == *golden);
}

}  // namespace

TEST_CASE("golden: a gateway holds a lock through a turn") {
  Machine machine{"alive"};
  machine.procfs().add_kthreadd();
  machine.set_lock_mtimes("2026-11-20T23:10:56.834Z");
  check_golden("alive", machine.metrics(time_at("2026-11-20T23:11:06.891Z")));
}

TEST_CASE("golden: the holder of a lock was killed") {
  Machine machine{"killed"};
  machine.set_lock_mtimes("2026-11-20T23:12:39.318Z");
  const auto now = time_at("2026-11-20T23:14:00.000Z");
  check_golden("killed_from_a_container", machine.metrics(now));
  machine.procfs().add_kthreadd();
  check_golden("killed", machine.metrics(now));
}

TEST_CASE("golden: another process has the holder's pid") {
  Machine machine{"recycled"};
  machine.procfs().add_kthreadd();
  machine.procfs().add(FakeProcess{25322, 226430, "sleep"});
  machine.set_lock_mtimes("2026-11-20T23:26:22.628Z");
  check_golden("recycled",
               machine.metrics(time_at("2026-11-20T23:26:27.000Z")));
}

TEST_CASE("golden: dead holders, an empty lock, one of garbage") {
  Machine machine{"mixed"};
  machine.procfs().add_kthreadd();
  machine.set_lock_mtimes("2026-11-20T23:42:03.474Z");
  check_golden("mixed", machine.metrics(time_at("2026-11-20T23:42:33.474Z")));
}

TEST_CASE("golden: a live holder over its own limit") {
  Machine machine{"overdue"};
  machine.procfs().add_kthreadd();
  machine.set_lock_mtimes("2026-11-20T23:21:29.490Z");
  check_golden("overdue", machine.metrics(time_at("2026-11-20T23:38:30.495Z")));
}

TEST_CASE("golden: locks left over from before the upgrade to SQLite") {
  Machine machine{"leftover"};
  machine.procfs().add_kthreadd();
  machine.set_lock_mtimes("2026-11-20T23:21:29.490Z");
  machine.set_mtime("tmp/openclaw-0/gateway.state.lock.sqlite",
                    "2026-11-20T23:39:42.805Z");
  check_golden("leftover",
               machine.metrics(time_at("2026-11-20T23:40:56.000Z")));
}

TEST_CASE(
    "golden: the logs of a gateway with lock files, and one with SQLite") {
  const auto now = time_at("2026-11-20T23:59:59.500Z");
  LoggedGateway files{now};
  files.file_log("2026.4.24/01-startup/openclaw-2026-11-20.log");
  files.rotate();
  files.file_log(
      "2026.4.24/05-embedded-holds-gateway-turn-times-out/filelog.new");
  files.console(
      "2026.4.24/05-embedded-holds-gateway-turn-times-out/console.new");
  LoggedGateway sqlite{now};
  sqlite.console("2026.9.6/20-hold-agent-db/console.new");
  sqlite.file_log("2026.9.6/20-hold-agent-db/filelog.new");
  FleetSnapshot report;
  report.now = now;
  report.gateways = {files.report("files"), sqlite.report("sqlite")};
  check_golden("logs", expose({log_metrics(), source_metrics()}, report));
}
