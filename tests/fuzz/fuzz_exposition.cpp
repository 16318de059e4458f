// SPDX-License-Identifier: Apache-2.0
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/text.h"
#include "exporter/views/metrics/exposition_writer.h"

namespace {

using namespace openclaw_lock;

constexpr std::size_t kMaxText = 24;
constexpr std::array kBounds{0.1, 1.0, 30.0};

void require(bool holds) {
  if (!holds) std::abort();
}

double number_from(FuzzedDataProvider& data) {
  double value = 0;
  const auto bytes = data.ConsumeBytes<std::uint8_t>(sizeof value);
  std::copy(bytes.begin(), bytes.end(),
            reinterpret_cast<std::uint8_t*>(&value));
  return value;
}

void write_sample(FuzzedDataProvider& data, MetricType type,
                  ExpositionWriter& out) {
  const auto first = data.ConsumeRandomLengthString(kMaxText);
  const auto second = data.ConsumeRandomLengthString(kMaxText);
  const auto count = data.ConsumeIntegral<std::uint64_t>();
  const auto value = number_from(data);
  if (type == MetricType::histogram) {
    SpanHistogram<kBounds> histogram;
    histogram.buckets = {count / 8, 1, count % 7, 0};
    histogram.sum_seconds = value;
    out.add({{"a", first}}, histogram);
  } else if (data.ConsumeBool()) {
    out.add({{"a", first}, {"b", second}}, count);
  } else {
    out.add({{"a", first}, {"b", second}}, value);
  }
}

std::string write(FuzzedDataProvider data, ExpositionFormat format) {
  constexpr MetricType kTypes[] = {MetricType::counter, MetricType::gauge,
                                   MetricType::histogram};
  ExpositionWriter out{format};
  while (data.remaining_bytes() > 0) {
    const auto type = data.PickValueInArray(kTypes);
    const auto help = data.ConsumeRandomLengthString(kMaxText);
    out.begin({"x_total", help, type});
    for (auto n = data.ConsumeIntegralInRange<int>(0, 6); n > 0; --n)
      write_sample(data, type, out);
  }
  return std::move(out).finish();
}

/// A comment of ours, or a sample of a possible name.
void require_line(std::string_view line) {
  require(to_label_text(line, line.size()) == line);
  if (line.starts_with("# ")) {
    require(line == "# EOF" || line.starts_with("# HELP ") ||
            line.starts_with("# TYPE "));
    return;
  }
  const auto end = line.find_first_of("{ ");
  require(end != std::string_view::npos);
  require(is_metric_name(line.substr(0, end)));
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
  for (const auto format :
       {ExpositionFormat::text_0_0_4, ExpositionFormat::openmetrics_1_0_0}) {
    const auto text = write(FuzzedDataProvider{data, size}, format);
    require_exposition(text, format == ExpositionFormat::openmetrics_1_0_0);
    require(write(FuzzedDataProvider{data, size}, format) == text);
  }
  return 0;
}
