// SPDX-License-Identifier: Apache-2.0
//
// Times what the exporter does with locks beside a floor (the system calls that
// cannot be saved) and a rival, interleaved in one run, and prints the medians
// and their ratios. Only the ratios travel from machine to machine.
//
//   lock_benchmark [SESSION_FILES LOCKS [ROUNDS]]      default: 100000 1000 21

#include <fcntl.h>
#include <prometheus/text_serializer.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/locks/lock_claim.h"
#include "exporter/readers/locks/lock_reader.h"
#include "exporter/system/clock.h"
#include "exporter/system/file.h"
#include "exporter/system/log.h"
#include "exporter/views/metrics/exposition.h"
#include "exporter/views/metrics/exposition_writer.h"

namespace {

using namespace openclaw_lock;
namespace fs = std::filesystem;

constexpr const char* kBody =
    "{\n  \"pid\": 25434,\n  \"createdAt\": \"2026-11-20T23:10:56.839Z\",\n"
    "  \"maxHoldMs\": 1020000,\n  \"starttime\": 118885\n}\n";

/// Keeps results from being optimised away.
std::size_t sink = 0;

struct SessionTree {
  fs::path state_dir;
  fs::path sessions;

  SessionTree(int files, int locks) {
    std::string name = fs::temp_directory_path() / "lock-benchmark-XXXXXX";
    if (!::mkdtemp(name.data())) std::exit(1);
    state_dir = name;
    sessions = state_dir / "agents/main/sessions";
    fs::create_directories(sessions);
    for (int i = 0; i < files; ++i) {
      const auto base = sessions / ("1e29302e-326c-4402-87a3-" +
                                    std::to_string(100'000'000'000 + i));
      std::ofstream{base.native() + ".jsonl"};
      if (i < locks) std::ofstream{base.native() + ".jsonl.lock"} << kBody;
    }
  }
  ~SessionTree() { fs::remove_all(state_dir); }
};

/// getdents64 over the directory, then open, read, close of each lock.
void floor_scan(const fs::path& sessions) {
  const int dir = ::open(sessions.c_str(), O_RDONLY | O_DIRECTORY);
  static std::array<char, 262144> entries;
  std::vector<std::string> locks;
  for (;;) {
    const auto got =
        ::syscall(SYS_getdents64, dir, entries.data(), entries.size());
    if (got <= 0) break;
    for (long at = 0; at < got;) {
      const char* entry = entries.data() + at;
      unsigned short length = 0;
      std::memcpy(&length, entry + 16, sizeof length);
      const std::string_view name{entry + 19};
      if (name.ends_with(".lock")) locks.emplace_back(name);
      at += length;
    }
  }
  std::array<char, 4096> body;
  for (const auto& name : locks) {
    const int file = ::openat(dir, name.c_str(), O_RDONLY);
    sink += static_cast<std::size_t>(
        std::max<ssize_t>(0, ::read(file, body.data(), body.size())));
    ::close(file);
  }
  ::close(dir);
}

/// As a script would do it.
void naive_scan(const fs::path& sessions) {
  for (const auto& entry : fs::directory_iterator{sessions}) {
    if (entry.path().extension() != ".lock") continue;
    std::ifstream file{entry.path()};
    const auto json = nlohmann::json::parse(file, nullptr, false);
    sink += json.value("pid", 0U);
  }
}

FleetSnapshot report_of(const LockReader& reader) {
  SourceHealth health;
  health.up = health.fresh = true;
  FleetSnapshot report;
  report.now = wall_time_now();
  auto& gateway = report.gateways.emplace_back();
  gateway.name = "bench";
  gateway.readings.put(SourceName::locks,
                       std::make_shared<const LockFacts>(reader.report()),
                       health);
  return report;
}

std::string exposition_of(const LockReader& reader) {
  const auto snapshot = report_of(reader);
  return write_exposition(snapshot, judge(snapshot),
                          ExpositionFormat::text_0_0_4);
}

/// Values and labels of the race of writers.
double value_of(std::size_t i) { return static_cast<double>(i) * 0.37; }
std::string gateway_of(std::size_t i) { return "oc" + std::to_string(i); }

std::vector<prometheus::MetricFamily> families(std::size_t count) {
  prometheus::MetricFamily family;
  family.name = "openclaw_lock_files";
  family.help = "Lock files now.";
  family.type = prometheus::MetricType::Gauge;
  for (std::size_t i = 0; i < count; ++i) {
    auto& metric = family.metric.emplace_back();
    metric.label = {
        {"agent", "main"}, {"gateway", gateway_of(i)}, {"kind", "session"}};
    metric.gauge.value = value_of(i);
  }
  return {family};
}

std::string written(std::size_t count) {
  ExpositionWriter out{ExpositionFormat::text_0_0_4};
  out.begin(gauge("openclaw_lock_files", "Lock files now."));
  for (std::size_t i = 0; i < count; ++i)
    out.add(
        {{"agent", "main"}, {"gateway", gateway_of(i)}, {"kind", "session"}},
        value_of(i));
  return std::move(out).finish();
}

struct Contender {
  std::string name;
  std::function<void()> run;
  std::vector<double> milliseconds = {};

  double median() {
    std::sort(milliseconds.begin(), milliseconds.end());
    return milliseconds[milliseconds.size() / 2];
  }
};

void race(std::vector<Contender>& contenders, int rounds) {
  for (int round = 0; round <= rounds; ++round) {
    for (auto& contender : contenders) {
      const auto began = monotonic_now();
      contender.run();
      const std::chrono::duration<double, std::milli> took =
          monotonic_now() - began;
      if (round > 0) contender.milliseconds.push_back(took.count());
    }
  }
}

void print(const char* title, std::vector<Contender>& contenders) {
  std::printf("%s\n", title);
  const double base = contenders.front().median();
  for (auto& contender : contenders)
    std::printf("  %-58s %10.3f ms  %6.3f of the first\n",
                contender.name.c_str(), contender.median(),
                contender.median() / base);
}

void scan_race(const SessionTree& tree, int rounds) {
  LockReader warm{{tree.state_dir, {}, "/proc"}, {}};
  sink += warm.round().problems.size();
  std::vector<Contender> contenders{
      {"floor: getdents64, then open, read, close of each lock",
       [&] { floor_scan(tree.sessions); }},
      {"cold round: list, read, parse, follow, and write /metrics",
       [&] {
         LockReader reader{{tree.state_dir, {}, "/proc"}, {}};
         sink += reader.round().problems.size();
         sink += exposition_of(reader).size();
       }},
      {"warm round: the same locks again",
       [&] { sink += warm.round().problems.size(); }},
      {"scrape: /metrics out of memory",
       [&] { sink += exposition_of(warm).size(); }},
      {"rival: std::filesystem, ifstream, JSON document",
       [&] { naive_scan(tree.sessions); }}};
  race(contenders, rounds);
  print("scan of one session directory", contenders);
}

void parse_race(const SessionTree& tree, int rounds) {
  constexpr int kTimes = 1000;
  const auto lock = tree.state_dir / "one.jsonl.lock";
  std::ofstream{lock} << kBody;
  std::vector<Contender> contenders{
      {"floor: open, read, close of a lock, 1000 times",
       [&] {
         std::array<char, 4096> body;
         for (int i = 0; i < kTimes; ++i) {
           const int file = ::open(lock.c_str(), O_RDONLY);
           sink += static_cast<std::size_t>(
               std::max<ssize_t>(0, ::read(file, body.data(), body.size())));
           ::close(file);
         }
       }},
      {"parse_lock_claim, 1000 times", [&] {
         for (int i = 0; i < kTimes; ++i)
           sink += static_cast<std::size_t>(*parse_lock_claim(kBody)->pid);
       }}};
  race(contenders, rounds);
  print("reading one lock", contenders);
}

void writer_race(int rounds) {
  std::vector<Contender> contenders{
      {"rival: 10000 series built, prometheus-cpp's TextSerializer",
       [] {
         sink +=
             prometheus::TextSerializer{}.Serialize(families(10'000)).size();
       }},
      {"10000 series by ExpositionWriter (sorts them)",
       [] { sink += written(10'000).size(); }}};
  race(contenders, rounds);
  print("writing the exposition", contenders);
}

}  // namespace

int main(int argc, char** argv) {
  log::configure(LogLevel::error, LogFormat::logfmt);
  const int files = argc > 2 ? std::atoi(argv[1]) : 100'000;
  const int locks = argc > 2 ? std::atoi(argv[2]) : 1'000;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 21;
  std::printf("%d session files, %d locks, medians of %d rounds\n", files,
              locks, rounds);
  const SessionTree tree{files, locks};
  scan_race(tree, rounds);
  parse_race(tree, rounds);
  writer_race(rounds);
  return sink == 0 ? 1 : 0;
}
