// SPDX-License-Identifier: Apache-2.0
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/text.h"
#include "exporter/views/metrics/exposition.h"
#include "exporter/views/metrics/exposition_text.h"

namespace {

using openclaw_lock::ExpositionFormat;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::size_t kMaxParts = 4;
constexpr std::size_t kMaxText = 24;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string name_from(FuzzedDataProvider& data) {
  constexpr const char* kNames[] = {"a",      "a_total", "b",
                                    "_total", "le",      "quantile"};
  return data.ConsumeBool() ? data.PickValueInArray(kNames)
                            : data.ConsumeRandomLengthString(kMaxText);
}

double number_from(FuzzedDataProvider& data) {
  double value = 0;
  const auto bytes = data.ConsumeBytes<std::uint8_t>(sizeof value);
  std::copy(bytes.begin(), bytes.end(),
            reinterpret_cast<std::uint8_t*>(&value));
  return value;
}

ClientMetric metric_from(FuzzedDataProvider& data) {
  ClientMetric metric;
  for (auto n = data.ConsumeIntegralInRange<std::size_t>(0, kMaxParts); n > 0;
       --n)
    metric.label.push_back(
        {name_from(data), data.ConsumeRandomLengthString(kMaxText)});
  const double value = number_from(data);
  metric.counter.value = metric.gauge.value = metric.untyped.value = value;
  metric.histogram.sample_sum = metric.summary.sample_sum = value;
  metric.histogram.sample_count = data.ConsumeIntegral<std::uint64_t>();
  for (auto n = data.ConsumeIntegralInRange<std::size_t>(0, kMaxParts); n > 0;
       --n) {
    const double bound = number_from(data);
    metric.histogram.bucket.push_back(
        {data.ConsumeIntegral<std::uint64_t>(), bound});
    metric.summary.quantile.push_back({bound, value});
  }
  metric.timestamp_ms = data.ConsumeIntegral<std::int64_t>();
  return metric;
}

std::vector<MetricFamily> families_from(FuzzedDataProvider& data) {
  constexpr MetricType kTypes[] = {MetricType::Counter, MetricType::Gauge,
                                   MetricType::Summary, MetricType::Untyped,
                                   MetricType::Histogram};
  std::vector<MetricFamily> families;
  while (data.remaining_bytes() > 0) {
    MetricFamily family;
    family.name = name_from(data);
    family.help = data.ConsumeRandomLengthString(kMaxText);
    family.type = data.PickValueInArray(kTypes);
    for (auto n = data.ConsumeIntegralInRange<std::size_t>(0, kMaxParts); n > 0;
         --n)
      family.metric.push_back(metric_from(data));
    families.push_back(std::move(family));
  }
  return families;
}

/// A comment of ours, or a sample of a possible name.
void require_line(std::string_view line) {
  require(openclaw_lock::to_label_text(line, line.size()) == line);
  if (line.starts_with("# ")) {
    require(line == "# EOF" || line.starts_with("# HELP ") ||
            line.starts_with("# TYPE "));
    return;
  }
  const auto end = line.find_first_of("{ ");
  require(end != std::string_view::npos);
  require(openclaw_lock::is_metric_name(line.substr(0, end)));
}

void require_exposition(std::string_view text, bool openmetrics) {
  const bool ended = text.ends_with("# EOF\n");
  require(ended == openmetrics);
  while (!text.empty()) {
    const auto end = text.find('\n');
    require(end != std::string_view::npos);
    require_line(text.substr(0, end));
    if (text.substr(0, end) == "# EOF") require(end + 1 == text.size());
    text.remove_prefix(end + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  FuzzedDataProvider provider{data, size};
  const auto families = families_from(provider);
  for (const auto format :
       {ExpositionFormat::text_0_0_4, ExpositionFormat::openmetrics_1_0_0}) {
    const auto text = openclaw_lock::write_exposition(families, format);
    require_exposition(text, format == ExpositionFormat::openmetrics_1_0_0);
    require(openclaw_lock::write_exposition(families, format) == text);
  }
  return 0;
}
