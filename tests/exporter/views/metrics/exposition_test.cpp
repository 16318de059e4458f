// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/exposition.h"

#include <doctest/doctest.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <locale>
#include <sstream>

namespace openclaw_lock {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr auto kText = ExpositionFormat::text_0_0_4;
constexpr auto kOpenMetrics = ExpositionFormat::openmetrics_1_0_0;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

ClientMetric sample(Labels labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = value;
  metric.gauge.value = value;
  metric.untyped.value = value;
  return metric;
}

MetricFamily family(std::string name, MetricType type,
                    std::vector<ClientMetric> metrics,
                    std::string help = "Help.") {
  return {std::move(name), std::move(help), type, std::move(metrics)};
}

MetricFamily holds() {
  ClientMetric metric;
  metric.label = {{"agent", "main"}};
  metric.histogram.sample_count = 7;
  metric.histogram.sample_sum = 12.5;
  metric.histogram.bucket = {{2, 0.005}, {3, 1}, {6, 1800}, {7, kInfinity}};
  return family("hold_seconds", MetricType::Histogram, {metric});
}

MetricFamily waits() {
  ClientMetric metric;
  metric.summary.sample_count = 3;
  metric.summary.sample_sum = 0.75;
  metric.summary.quantile = {{0.5, 0.25}, {0.99, 0.5}};
  return family("wait_seconds", MetricType::Summary, {metric});
}

std::vector<MetricFamily> ordinary() {
  return {
      family("lock_files", MetricType::Gauge,
             {sample({{"agent", "main"}, {"holder", "alive"}}, 3),
              sample({{"agent", "main"}, {"holder", "dead"}}, 0.25),
              sample({{"agent", ""}, {"holder", "dead"}}, -7)}),
      family("timeouts_total", MetricType::Counter, {sample({}, 12345678901)}),
      family("free", MetricType::Untyped, {sample({{"a", "q\"b\\n\nä"}}, 1.5)}),
      holds(),
      waits(),
  };
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::istringstream stream{text};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST_CASE("write_exposition: text as prometheus-cpp writes it") {
  const auto families = ordinary();
  const prometheus::TextSerializer oracle;
  CHECK(sorted_lines(write_exposition(families, kText)) ==
        sorted_lines(oracle.Serialize(families)));
}

TEST_CASE("write_exposition: text, whole") {
  CHECK(write_exposition(ordinary(), kText) ==
        R"(# HELP free Help.
# TYPE free untyped
free{a="q\"b\\n\nä"} 1.5
# HELP hold_seconds Help.
# TYPE hold_seconds histogram
hold_seconds_bucket{agent="main",le="0.005"} 2
hold_seconds_bucket{agent="main",le="1"} 3
hold_seconds_bucket{agent="main",le="1800"} 6
hold_seconds_bucket{agent="main",le="+Inf"} 7
hold_seconds_sum{agent="main"} 12.5
hold_seconds_count{agent="main"} 7
# HELP lock_files Help.
# TYPE lock_files gauge
lock_files{agent="",holder="dead"} -7
lock_files{agent="main",holder="alive"} 3
lock_files{agent="main",holder="dead"} 0.25
# HELP timeouts_total Help.
# TYPE timeouts_total counter
timeouts_total 12345678901
# HELP wait_seconds Help.
# TYPE wait_seconds summary
wait_seconds{quantile="0.5"} 0.25
wait_seconds{quantile="0.99"} 0.5
wait_seconds_sum 0.75
wait_seconds_count 3
)");
}

TEST_CASE("write_exposition: OpenMetrics names, types, bounds and end") {
  CHECK(write_exposition(
            {family("t_total", MetricType::Counter, {sample({{"a", "b"}}, 1)},
                    "Say \"hi\" \\."),
             family("x_info", MetricType::Gauge,
                    {sample({{"version", "1"}}, 1)}, ""),
             family("u", MetricType::Untyped, {sample({}, 2)}, ""), holds()},
            kOpenMetrics) ==
        R"(# HELP hold_seconds Help.
# TYPE hold_seconds histogram
hold_seconds_bucket{agent="main",le="0.005"} 2
hold_seconds_bucket{agent="main",le="1.0"} 3
hold_seconds_bucket{agent="main",le="1800.0"} 6
hold_seconds_bucket{agent="main",le="+Inf"} 7
hold_seconds_sum{agent="main"} 12.5
hold_seconds_count{agent="main"} 7
# HELP t Say \"hi\" \\.
# TYPE t counter
t_total{a="b"} 1
# TYPE u unknown
u 2
# TYPE x_info gauge
x_info{version="1"} 1
# EOF
)");
  CHECK(write_exposition({}, kOpenMetrics) == "# EOF\n");
  CHECK(write_exposition({}, kText).empty());
}

TEST_CASE("write_exposition: a counter OpenMetrics cannot name is unknown") {
  const auto text = write_exposition(
      {family("plain", MetricType::Counter, {sample({}, 1)}, ""),
       family("_total", MetricType::Counter, {sample({}, 2)}, ""),
       family("both_total", MetricType::Counter, {sample({}, 3)}, ""),
       family("both", MetricType::Gauge, {sample({}, 4)}, "")},
      kOpenMetrics);
  CHECK(text ==
        "# TYPE _total unknown\n_total 2\n"
        "# TYPE both gauge\nboth 4\n"
        "# TYPE both_total unknown\nboth_total 3\n"
        "# TYPE plain unknown\nplain 1\n"
        "# EOF\n");
}

TEST_CASE("write_exposition: time stamps in the unit of the format") {
  auto metric = sample({}, 1);
  metric.timestamp_ms = 1520879607789;
  const auto gauge = family("g", MetricType::Gauge, {metric}, "");
  CHECK(write_exposition({gauge}, kText) ==
        "# TYPE g gauge\ng 1 1520879607789\n");
  CHECK(write_exposition({gauge}, kOpenMetrics) ==
        "# TYPE g gauge\ng 1 1520879607.789\n# EOF\n");
}

TEST_CASE("write_exposition: families of one name are one, empty ones none") {
  const auto text = write_exposition(
      {family("g", MetricType::Gauge, {sample({{"a", "2"}}, 2)}, ""),
       family("none", MetricType::Gauge, {}),
       family("g", MetricType::Gauge, {sample({{"a", "1"}}, 1)}, "Help."),
       family("g", MetricType::Histogram, {sample({{"a", "3"}}, 3)}),
       family("g", MetricType::Gauge, {sample({{"a", "1"}}, 9)}, "Other.")},
      kText);
  CHECK(text == "# HELP g Help.\n# TYPE g gauge\ng{a=\"1\"} 1\ng{a=\"2\"} 2\n");
}

TEST_CASE("write_exposition: the order of the input does not matter") {
  auto families = ordinary();
  for (const auto format : {kText, kOpenMetrics}) {
    const auto expected = write_exposition(families, format);
    for (int turn = 0; turn < 5; ++turn) {
      std::rotate(families.begin(), families.begin() + 1 + turn % 3,
                  families.end());
      for (auto& each : families) {
        std::reverse(each.metric.begin(), each.metric.end());
        for (auto& metric : each.metric)
          std::reverse(metric.label.begin(), metric.label.end());
      }
      CHECK(write_exposition(families, format) == expected);
    }
  }
}

TEST_CASE("write_exposition: hostile help and label values stay one line") {
  const std::string hostile = "a\\b\n# EOF\n\"x\"\r\t\x01\xff";
  const auto gauge =
      family("g", MetricType::Gauge, {sample({{"a", hostile}}, 1)}, hostile);
  const std::string label =
      R"(g{a="a\\b\n# EOF\n\"x\")"
      "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"} 1\n";
  CHECK(write_exposition({gauge}, kText) ==
        R"(# HELP g a\\b\n# EOF\n"x")"
        "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\n# TYPE g gauge\n" +
            label);
  CHECK(write_exposition({gauge}, kOpenMetrics) ==
        R"(# HELP g a\\b\n# EOF\n\"x\")"
        "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\n# TYPE g gauge\n" +
            label + "# EOF\n");
}

TEST_CASE("write_exposition: the locale of the process does not matter") {
  struct German : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const auto expected = write_exposition(ordinary(), kText);
  const auto before =
      std::locale::global(std::locale{std::locale::classic(), new German});
  const auto text = write_exposition(ordinary(), kText);
  std::locale::global(before);
  CHECK(text == expected);
}

}  // namespace
}  // namespace openclaw_lock
