// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/exposition.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/metrics_text.h"
#include "tests/support/sample_facts.h"
#include "tests/support/sample_fleet.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

/// Two gateways that have every metric.
FleetSnapshot full_fleet() {
  std::vector<GatewaySnapshot> gateways;
  for (const auto* name : {"b", "a"}) {
    auto gateway = idle_gateway(name, Store::sqlite);
#define READER(name) put_##name##_sample(gateway.readings);
#include "core/fleet/readers.def"
    // The one has databases, the other lock files.
    if (*name == 'b') {
      auto facts = *gateway.readings.latest<GatewayFacts>();
      facts.store = Store::jsonl;
      gateway.readings.put<GatewayFacts>(SourceName::processes,
                                         std::make_shared<GatewayFacts>(facts),
                                         healthy());
    }
    gateway.readings.health_of<LockFacts>()->problems.fill(1);
    gateway.stalls.delay = 5ms;
    gateways.push_back(std::move(gateway));
  }
  auto fleet = fleet_of(std::move(gateways));
  fleet.disk_pressure = std::make_shared<Pressure>(Pressure{15ms, 5ms});
  fleet.discovery = DiscoveryFacts{2, 0, healthy()};
  fleet.discovery->health.problems.fill(1);
  fleet.sampling = SamplingFacts{1, 100ms};
  fleet.with_exporter_metrics = true;
  fleet.exporter.http_answers = {{200, 7}, {404, 1}};
  fleet.exporter.process.emplace();
  return fleet;
}

std::string written(const FleetSnapshot& fleet,
                    ExpositionFormat format = ExpositionFormat::text_0_0_4) {
  return write_exposition(fleet, judge(fleet), format);
}

std::vector<std::string> lines_of_text(const std::string& text) {
  std::istringstream stream{text};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Names of the labels of a sample.
std::vector<std::string> label_names(const std::string& line) {
  static const std::regex kLabel{R"re([{,]([a-z_]+)=")re"};
  std::vector<std::string> names;
  for (auto at = std::sregex_iterator(line.begin(), line.end(), kLabel);
       at != std::sregex_iterator{}; ++at)
    names.push_back((*at)[1]);
  return names;
}

}  // namespace

TEST_CASE("all_metrics: each name once, in order, none the base of another") {
  std::set<std::string_view> names;
  std::string_view before;
  for (const auto& metric : all_metrics()) {
    CAPTURE(metric.head.name);
    CHECK(before < metric.head.name);
    before = metric.head.name;
    names.insert(before);
    CHECK((metric.of_gateway != nullptr) != (metric.of_fleet != nullptr));
  }
  CHECK(names.size() > 45);
  for (const auto name : names)
    if (name.ends_with(kTotal))
      CHECK_FALSE(names.contains(name.substr(0, name.size() - kTotal.size())));
}

TEST_CASE("write_exposition: every metric can have samples") {
  const auto text = written(full_fleet());
  for (const auto& metric : all_metrics()) {
    CAPTURE(metric.head.name);
    CHECK(count_lines(text, "# TYPE " + std::string{metric.head.name} + ' ') ==
          1);
  }
}

TEST_CASE("write_exposition: labels by name, samples by gateway and labels") {
  std::string before;
  for (const auto& line : lines_of_text(written(full_fleet()))) {
    CAPTURE(line);
    auto names = label_names(line);
    if (line.find("_bucket{") != std::string::npos) names.pop_back();  // le
    CHECK(std::is_sorted(names.begin(), names.end()));
    if (std::regex_search(line, std::regex{"_(bucket|sum|count)"})) continue;
    const auto place = [](const std::string& sample) {
      std::smatch gateway;
      std::regex_search(sample, gateway, std::regex{"gateway=\"([^\"]*)\""});
      return gateway.str(1) + sample;
    };
    const auto sample = line.substr(0, line.rfind(' '));
    const bool same_metric = before.substr(0, before.find('{')) ==
                             sample.substr(0, sample.find('{'));
    if (same_metric && !line.starts_with('#'))
      CHECK(place(before) < place(sample));
    before = sample;
  }
}

TEST_CASE("write_exposition: gateways whose labels are one are one") {
  const auto text = written(fleet_of(
      {idle_gateway("a\xff"), idle_gateway("a\xfe"), idle_gateway("b")}));
  CHECK(count_lines(text, "openclaw_lock_watch_info{") == 2);
}

TEST_CASE("write_exposition: no path and no pid of a lock") {
  for (const auto format :
       {ExpositionFormat::text_0_0_4, ExpositionFormat::openmetrics_1_0_0}) {
    const auto text = written(full_fleet(), format);
    CHECK(text.find("secret") == std::string::npos);
    CHECK(text.find("4711") == std::string::npos);
  }
}

TEST_CASE("write_exposition: the order of gateways does not matter") {
  auto fleet = full_fleet();
  const auto expected = written(fleet);
  std::swap(fleet.gateways[0], fleet.gateways[1]);
  CHECK(written(fleet) == expected);
}

TEST_CASE("write_exposition: an idle gateway with one agent has few series") {
  for (const auto store : {Store::jsonl, Store::sqlite}) {
    auto text = without_comments(written(fleet_of({idle_gateway("x", store)})));
    const auto lines = lines_of_text(text);
    const auto series = std::ranges::count_if(lines, [](const auto& line) {
      return line.find("gateway=\"x\"") != std::string::npos;
    });
    CAPTURE(text);
    CHECK(series <= 75);
  }
}
