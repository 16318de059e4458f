// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/exposition_writer.h"

#include <doctest/doctest.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <locale>
#include <sstream>

namespace openclaw_lock {
namespace {

constexpr auto kText = ExpositionFormat::text_0_0_4;
constexpr auto kOpenMetrics = ExpositionFormat::openmetrics_1_0_0;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

constexpr std::array kBounds{0.005, 1.0, 1800.0};
using Holds = SpanHistogram<kBounds>;

Holds holds() {
  Holds made;
  made.buckets = {2, 1, 3, 1};
  made.sum_seconds = 12.5;
  return made;
}

constexpr auto kFiles = gauge("lock_files", "Help.");
constexpr auto kTimeouts = counter("timeouts_total", "Say \"hi\" \\.");
constexpr auto kHolds = histogram("hold_seconds", "Help.");

void write_ordinary(ExpositionWriter& out) {
  out.begin(kHolds);
  out.add({{"agent", "main"}}, holds());
  out.begin(kFiles);
  out.add({{"agent", "main"}, {"holder", "alive"}}, 3U);
  out.add({{"agent", "main"}, {"holder", "dead"}}, 0.25);
  out.add({{"agent", ""}, {"holder", "q\"b\\n\nä"}}, -7.0);
  out.begin(kTimeouts);
  out.add({}, 12345678901U);
}

/// The same for prometheus-cpp.
std::vector<prometheus::MetricFamily> ordinary_families() {
  using prometheus::ClientMetric;
  using Type = prometheus::MetricType;
  const auto sample = [](std::vector<ClientMetric::Label> labels,
                         double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = metric.counter.value = value;
    return metric;
  };
  ClientMetric held;
  held.label = {{"agent", "main"}};
  held.histogram.sample_count = 7;
  held.histogram.sample_sum = 12.5;
  held.histogram.bucket = {{2, 0.005}, {3, 1}, {6, 1800}, {7, kInfinity}};
  return {{std::string{kHolds.name}, "Help.", Type::Histogram, {held}},
          {std::string{kFiles.name},
           "Help.",
           Type::Gauge,
           {sample({{"agent", "main"}, {"holder", "alive"}}, 3),
            sample({{"agent", "main"}, {"holder", "dead"}}, 0.25),
            sample({{"agent", ""}, {"holder", "q\"b\\n\nä"}}, -7)}},
          {std::string{kTimeouts.name},
           "Say \"hi\" \\\\.",  // which it does not escape
           Type::Counter,
           {sample({}, 12345678901)}}};
}

template <typename Write>
std::string written(ExpositionFormat format, Write write) {
  ExpositionWriter out{format};
  write(out);
  return std::move(out).finish();
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::istringstream stream{text};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

constexpr auto kGauge = gauge("g", "Help.");

/// Samples of a gauge `g`.
std::string samples(const std::function<void(ExpositionWriter&)>& write,
                    const MetricHead& head = kGauge) {
  auto text = written(kText, [&](ExpositionWriter& out) {
    out.begin(head);
    write(out);
  });
  const auto type = text.find("# TYPE");
  return type == std::string::npos ? text
                                   : text.substr(text.find('\n', type) + 1);
}

TEST_CASE("ExpositionWriter: text as prometheus-cpp writes it") {
  const prometheus::TextSerializer oracle;
  CHECK(sorted_lines(written(kText, write_ordinary)) ==
        sorted_lines(oracle.Serialize(ordinary_families())));
}

TEST_CASE("ExpositionWriter: text, whole") {
  CHECK(written(kText, write_ordinary) ==
        R"(# HELP hold_seconds Help.
# TYPE hold_seconds histogram
hold_seconds_bucket{agent="main",le="0.005"} 2
hold_seconds_bucket{agent="main",le="1"} 3
hold_seconds_bucket{agent="main",le="1800"} 6
hold_seconds_bucket{agent="main",le="+Inf"} 7
hold_seconds_sum{agent="main"} 12.5
hold_seconds_count{agent="main"} 7
# HELP lock_files Help.
# TYPE lock_files gauge
lock_files{agent="",holder="q\"b\\n\nä"} -7
lock_files{agent="main",holder="alive"} 3
lock_files{agent="main",holder="dead"} 0.25
# HELP timeouts_total Say "hi" \\.
# TYPE timeouts_total counter
timeouts_total 12345678901
)");
}

TEST_CASE("ExpositionWriter: OpenMetrics names, types, bounds and end") {
  CHECK(written(kOpenMetrics, write_ordinary) ==
        R"(# HELP hold_seconds Help.
# TYPE hold_seconds histogram
hold_seconds_bucket{agent="main",le="0.005"} 2
hold_seconds_bucket{agent="main",le="1.0"} 3
hold_seconds_bucket{agent="main",le="1800.0"} 6
hold_seconds_bucket{agent="main",le="+Inf"} 7
hold_seconds_sum{agent="main"} 12.5
hold_seconds_count{agent="main"} 7
# HELP lock_files Help.
# TYPE lock_files gauge
lock_files{agent="",holder="q\"b\\n\nä"} -7
lock_files{agent="main",holder="alive"} 3
lock_files{agent="main",holder="dead"} 0.25
# HELP timeouts Say \"hi\" \\.
# TYPE timeouts counter
timeouts_total 12345678901
# EOF
)");
  CHECK(written(kOpenMetrics, [](auto&) {}) == "# EOF\n");
  CHECK(written(kText, [](auto&) {}).empty());
}

TEST_CASE("ExpositionWriter: a metric without samples leaves nothing") {
  CHECK(samples([](ExpositionWriter&) {}).empty());
  CHECK(written(kText, [](ExpositionWriter& out) {
          out.begin(kFiles);
          out.begin(gauge("g", "Help."));
          out.add({}, 1U);
          out.begin(kTimeouts);
        }) == "# HELP g Help.\n# TYPE g gauge\ng 1\n");
}

TEST_CASE("ExpositionWriter: samples stand in order, each once") {
  const std::string expected = "g{a=\"1\"} 1\ng{a=\"2\"} 2\ng{a=\"3\"} 3\n";
  for (const auto& order :
       {std::array{1, 2, 3}, {3, 2, 1}, {2, 3, 1}, {3, 1, 2}})
    CHECK(samples([&](ExpositionWriter& out) {
            for (const auto value : order)
              out.add({{"a", std::to_string(value)}}, double(value));
          }) == expected);
  CHECK(samples([](ExpositionWriter& out) {
          out.add({{"a", "1"}}, 1U);
          out.add({{"a", "1"}}, 9U);
          out.add({{"a", "2"}}, 2U);
        }) == "g{a=\"1\"} 1\ng{a=\"2\"} 2\n");
}

TEST_CASE("ExpositionWriter: groups stay as they come, each in order") {
  CHECK(samples([](ExpositionWriter& out) {
          out.add({{"a", "3"}}, 3U);
          out.add({{"a", "2"}}, 2U);
          out.begin_group();
          out.begin_group();
          out.add({{"a", "1"}}, 1U);
          out.add({{"a", "0"}}, 0U);
        }) == "g{a=\"2\"} 2\ng{a=\"3\"} 3\ng{a=\"0\"} 0\ng{a=\"1\"} 1\n");
}

TEST_CASE("ExpositionWriter: sorting leaves the metrics before it alone") {
  const auto text = written(kText, [](ExpositionWriter& out) {
    out.begin(gauge("a", "Help."));
    out.add({}, 1U);
    out.begin(kHolds);
    out.add({{"agent", "b"}}, holds());
    out.add({{"agent", "a"}}, holds());
    out.begin(gauge("z", "Help."));
    out.add({}, 2U);
  });
  CHECK(text.starts_with("# HELP a Help.\n# TYPE a gauge\na 1\n# HELP hold"));
  CHECK(text.ends_with("# HELP z Help.\n# TYPE z gauge\nz 2\n"));
  const auto first = text.find("agent=\"a\"");
  const auto second = text.find("agent=\"b\"");
  CHECK(first < second);
  CHECK(text.find("agent=\"a\"", second) == std::string::npos);
  CHECK(text.find("# TYPE hold_seconds") < first);
}

TEST_CASE("ExpositionWriter: histograms of different bounds") {
  static constexpr std::array kOther{2.5};
  SpanHistogram<kOther> other;
  other.buckets = {1, 1};
  const auto text = written(kText, [&](ExpositionWriter& out) {
    out.begin(histogram("a", "Help."));
    out.add({}, other);
    out.begin(kHolds);
    out.add({}, holds());
  });
  CHECK(text.find("a_bucket{le=\"2.5\"} 1\na_bucket{le=\"+Inf\"} 2\n") !=
        std::string::npos);
  CHECK(text.find("hold_seconds_bucket{le=\"0.005\"} 2\n") !=
        std::string::npos);
  CHECK(text.find("hold_seconds_sum 12.5\nhold_seconds_count 7\n") !=
        std::string::npos);
}

TEST_CASE("ExpositionWriter: a counter is a number of 0 or more") {
  const auto text_of = [](double value) {
    return samples([&](ExpositionWriter& out) { out.add({}, value); },
                   counter("c_total", "Help."));
  };
  for (const double value : {-1.0, kNan, -kInfinity})
    CHECK(text_of(value).empty());
  CHECK(text_of(0) == "c_total 0\n");
  CHECK(text_of(0.5) == "c_total 0.5\n");
  CHECK(text_of(kInfinity) == "c_total +Inf\n");
}

TEST_CASE("ExpositionWriter: hostile help and label values stay one line") {
  const std::string hostile = "a\\b\n# EOF\n\"x\"\r\t\x01\xff";
  const auto write = [&](ExpositionWriter& out) {
    out.begin({"g", hostile, MetricType::gauge});
    out.add({{"a", hostile}}, 1U);
  };
  const std::string label =
      R"(g{a="a\\b\n# EOF\n\"x\")"
      "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"} 1\n";
  CHECK(written(kText, write) ==
        R"(# HELP g a\\b\n# EOF\n"x")"
        "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\n# TYPE g gauge\n" +
            label);
  CHECK(written(kOpenMetrics, write) ==
        R"(# HELP g a\\b\n# EOF\n\"x\")"
        "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\n# TYPE g gauge\n" +
            label + "# EOF\n");
}

TEST_CASE("ExpositionWriter: the locale of the process does not matter") {
  struct German : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const auto expected = written(kText, write_ordinary);
  const auto before =
      std::locale::global(std::locale{std::locale::classic(), new German});
  const auto text = written(kText, write_ordinary);
  std::locale::global(before);
  CHECK(text == expected);
}

}  // namespace
}  // namespace openclaw_lock
