// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/merged_family.h"

#include <doctest/doctest.h>

#include <limits>

namespace openclaw_lock {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

MetricFamily family(std::string name, MetricType type, Labels labels,
                    double value = 1) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = value;
  return {std::move(name), "", type, {metric}};
}

std::size_t kept(std::vector<MetricFamily> families) {
  return merge_families(families).size();
}

TEST_CASE("merge_families: leaves out names that no format can hold") {
  CHECK(kept({family("g", MetricType::Gauge, {})}) == 1);
  for (const char* name : {"", "1a", "a-b", "a b", "a\n", "ä", "a{"}) {
    CAPTURE(name);
    CHECK(kept({family(name, MetricType::Gauge, {})}) == 0);
  }
}

TEST_CASE("merge_families: leaves out samples with impossible labels") {
  for (const char* label : {"", "1a", "a-b", "a:b", "__name__", "a\"", "ä"}) {
    CAPTURE(label);
    CHECK(kept({family("g", MetricType::Gauge, {{label, "x"}})}) == 0);
  }
  CHECK(kept({family("g", MetricType::Gauge, {{"a", "1"}, {"a", "2"}})}) == 0);
  CHECK(kept({family("h", MetricType::Histogram, {{"le", "1"}})}) == 0);
  CHECK(kept({family("g", MetricType::Gauge, {{"le", "1"}})}) == 1);
  CHECK(kept({family("s", MetricType::Summary, {{"quantile", "1"}})}) == 0);
}

TEST_CASE("merge_families: one bad sample does not take the others along") {
  auto mixed = family("g", MetricType::Gauge, {{"a-b", "x"}});
  mixed.metric.push_back({});
  std::vector<MetricFamily> families{mixed};
  const auto merged = merge_families(families);
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].samples.size() == 1);
}

TEST_CASE("merge_families: a counter is a number of 0 or more") {
  for (const double value : {-1.0, kNan, -kInfinity})
    CHECK(kept({family("c_total", MetricType::Counter, {}, value)}) == 0);
  for (const double value : {0.0, 0.5, kInfinity})
    CHECK(kept({family("c_total", MetricType::Counter, {}, value)}) == 1);
}

TEST_CASE("complete_buckets: in order, never falling, up to +Inf") {
  ClientMetric::Histogram histogram;
  histogram.sample_count = 4;
  histogram.bucket = {{1, 5}, {3, 1}, {9, kNan}, {2, 1}};
  const auto buckets = complete_buckets(histogram);
  REQUIRE(buckets.size() == 3);
  CHECK(buckets[0].upper_bound == 1);
  CHECK(buckets[0].cumulative_count == 3);
  CHECK(buckets[1].upper_bound == 5);
  CHECK(buckets[1].cumulative_count == 3);
  CHECK(buckets[2].upper_bound == kInfinity);
  CHECK(buckets[2].cumulative_count == 4);
}

TEST_CASE("complete_buckets: the last count is the largest there is") {
  ClientMetric::Histogram histogram;
  CHECK(complete_buckets(histogram).size() == 1);
  histogram.sample_count = 4;
  histogram.bucket = {{6, 1}, {5, kInfinity}};
  const auto buckets = complete_buckets(histogram);
  REQUIRE(buckets.size() == 2);
  CHECK(buckets[1].cumulative_count == 6);
}

TEST_CASE("possible_quantiles: from 0 to 1, in order, each once") {
  ClientMetric::Summary summary;
  summary.quantile = {{1, 4},    {0.5, 2},  {0.5, 3}, {1.1, 9},
                      {-0.1, 9}, {kNan, 9}, {0, 1}};
  const auto quantiles = possible_quantiles(summary);
  REQUIRE(quantiles.size() == 3);
  CHECK(quantiles[0].value == 1);
  CHECK(quantiles[1].value == 2);
  CHECK(quantiles[2].value == 4);
}

}  // namespace
}  // namespace openclaw_lock
