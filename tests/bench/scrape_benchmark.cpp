// SPDX-License-Identifier: Apache-2.0
//
// Takes the CPU time that a scrape of many gateways costs, part by part, beside
// a floor of the same run: the same bytes copied once and packed by zlib at
// level 1. Prints medians and ratios; only the ratios travel from machine to
// machine. Then scrapes one gateway a thousand times and prints what anonymous
// memory is left.
//
//   scrape_benchmark [ROUNDS]      default: 21

#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "exporter/http/pages/gzip.h"
#include "exporter/views/metrics/exposition.h"
#include "tests/support/sample_fleet.h"

namespace {

using namespace openclaw_lock;
using namespace std::chrono_literals;

/// Keeps results from being optimised away.
std::size_t sink = 0;

/// A gateway that has worked: holds, waits, an incident, some problems.
GatewaySnapshot busy_gateway(const std::string& name) {
  auto gateway = idle_gateway(name, Store::sqlite);
  auto locks = *gateway.readings.latest<LockFacts>();
  locks.totals[kMainSession].acquired = 1234;
  for (int i = 0; i < 40; ++i)
    locks.totals[kMainSession].holds.observe(i * i * 37ms);
  put(gateway.readings, locks);
  gateway.readings.health_of<LockFacts>()->problems[1] = 3;
  auto logs = *gateway.readings.latest<LogFacts>();
  logs.totals.events.fill(7);
  logs.totals.timeouts[{"main", TimeoutKind::sqlite}] = 2;
  logs.totals.waits[TimeoutKind::sqlite].observe(5056ms);
  logs.totals.last_timeout_at = kSampleNow;
  put(gateway.readings, logs);
  return gateway;
}

FleetSnapshot fleet(std::size_t gateways) {
  std::vector<GatewaySnapshot> all;
  for (std::size_t i = 0; i < gateways; ++i)
    all.push_back(busy_gateway("oc" + std::to_string(i)));
  // As a map by name gives them.
  std::ranges::sort(all, {}, &GatewaySnapshot::name);
  auto fleet = fleet_of(std::move(all));
  fleet.discovery.emplace();
  fleet.sampling.emplace();
  return fleet;
}

double cpu_milliseconds() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) * 1e3 +
         static_cast<double>(spent.tv_nsec) / 1e6;
}

/// The same work for zlib, without a thing of ours around it.
std::size_t pack(const std::string& text) {
  static std::vector<Bytef> out;
  out.resize(::compressBound(text.size()));
  auto size = static_cast<uLongf>(out.size());
  ::compress2(out.data(), &size, reinterpret_cast<const Bytef*>(text.data()),
              text.size(), 1);
  return size;
}

struct Part {
  std::string name;
  std::function<void()> run;
  std::vector<double> milliseconds = {};

  double median() {
    std::ranges::sort(milliseconds);
    return milliseconds[milliseconds.size() / 2];
  }
};

void race(std::vector<Part>& parts, int rounds) {
  for (int round = 0; round <= rounds; ++round) {
    for (auto& part : parts) {
      const auto began = cpu_milliseconds();
      part.run();
      if (round > 0) part.milliseconds.push_back(cpu_milliseconds() - began);
    }
  }
}

void scrape_race(std::size_t gateways, int rounds) {
  const auto snapshot = fleet(gateways);
  const auto verdicts = judge(snapshot);
  const auto format = ExpositionFormat::text_0_0_4;
  const auto text = write_exposition(snapshot, verdicts, format);
  std::string copy;
  std::vector<Part> parts{
      {"floor: the bytes copied, and packed by zlib",
       [&] {
         copy.assign(text.data(), text.size());
         sink += pack(copy);
       }},
      {"scrape: judged, written and packed",
       [&] {
         sink +=
             gzip(write_exposition(snapshot, judge(snapshot), format))->size();
       }},
      {"  judged", [&] { sink += judge(snapshot).gateways.size(); }},
      {"  written as text",
       [&] { sink += write_exposition(snapshot, verdicts, format).size(); }},
      {"  written as OpenMetrics",
       [&] {
         sink += write_exposition(snapshot, verdicts,
                                  ExpositionFormat::openmetrics_1_0_0)
                     .size();
       }},
      {"  packed", [&] { sink += gzip(text)->size(); }}};
  race(parts, rounds);
  const auto series = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  std::printf("%zu gateways, %zu lines, %zu bytes, %zu packed\n", gateways,
              series, text.size(), gzip(text)->size());
  const double floor = parts.front().median();
  for (auto& part : parts)
    std::printf("  %-46s %9.3f ms  %6.2f of the floor\n", part.name.c_str(),
                part.median(), part.median() / floor);
}

/// KiB that are this process's alone and of no file.
std::size_t anonymous_kib() {
  std::ifstream file{"/proc/self/smaps_rollup"};
  for (std::string word; file >> word;) {
    std::size_t kib = 0;
    if (word == "Anonymous:" && file >> kib) return kib;
  }
  return 0;
}

void weigh() {
  const auto before = anonymous_kib();
  const auto snapshot = fleet(1);
  for (int i = 0; i < 1000; ++i)
    sink += gzip(write_exposition(snapshot, judge(snapshot),
                                  ExpositionFormat::text_0_0_4))
                ->size();
  std::printf("anonymous memory: %zu KiB, %zu KiB after 1000 scrapes of one\n",
              before, anonymous_kib());
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 21;
  weigh();
  for (const std::size_t gateways : {1, 100, 1000})
    scrape_race(gateways, rounds);
  return sink == 0 ? 1 : 0;
}
