// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/exposition.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "exporter/views/metrics/exposition_text.h"
#include "exporter/views/metrics/merged_family.h"

namespace openclaw_lock {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::size_t kUsualSampleBytes = 128;
constexpr std::string_view kTotal = "_total";

std::string_view type_word(MetricType type, ExpositionFormat format) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Summary:
      return "summary";
    case MetricType::Histogram:
      return "histogram";
    case MetricType::Untyped:
      break;
  }
  return format == ExpositionFormat::openmetrics_1_0_0 ? "unknown" : "untyped";
}

class Writer {
 public:
  Writer(ExpositionFormat format, std::vector<MergedFamily> families)
      : openmetrics_{format == ExpositionFormat::openmetrics_1_0_0},
        format_{format},
        families_{std::move(families)} {}

  std::string write() && {
    std::size_t samples = 0;
    for (const auto& family : families_) samples += family.samples.size();
    out_.reserve(samples * kUsualSampleBytes);
    for (const auto& family : families_) write_family(family);
    if (openmetrics_) out_ += "# EOF\n";
    return std::move(out_);
  }

 private:
  bool is_taken(std::string_view name) const {
    const auto found = std::lower_bound(
        families_.begin(), families_.end(), name,
        [](const auto& family, auto wanted) { return family.name < wanted; });
    return found != families_.end() && found->name == name;
  }

  /// OpenMetrics names a counter without its `_total`. One that cannot be
  /// named so keeps its name and becomes of unknown type.
  std::pair<std::string_view, MetricType> declare(
      const MergedFamily& family) const {
    if (!openmetrics_ || family.type != MetricType::Counter)
      return {family.name, family.type};
    if (!family.name.ends_with(kTotal))
      return {family.name, MetricType::Untyped};
    auto base = family.name.substr(0, family.name.size() - kTotal.size());
    if (!is_metric_name(base) || is_taken(base))
      return {family.name, MetricType::Untyped};
    return {base, family.type};
  }

  void write_family(const MergedFamily& family) {
    const auto [name, type] = declare(family);
    if (!family.help.empty()) {
      out_.append("# HELP ").append(name).append(" ");
      append_escaped(out_, family.help,
                     openmetrics_ ? Quotes::escape : Quotes::keep);
      out_ += '\n';
    }
    out_.append("# TYPE ").append(name).append(" ");
    out_.append(type_word(type, format_)).append("\n");
    for (const auto& sample : family.samples) write_sample(family, sample);
  }

  void write_sample(const MergedFamily& family, const LabelledSample& sample) {
    const auto& metric = *sample.metric;
    switch (family.type) {
      case MetricType::Counter:
        return write_line(family, sample, metric.counter.value);
      case MetricType::Gauge:
        return write_line(family, sample, metric.gauge.value);
      case MetricType::Untyped:
        return write_line(family, sample, metric.untyped.value);
      case MetricType::Histogram:
        return write_histogram(family, sample);
      case MetricType::Summary:
        return write_summary(family, sample);
    }
  }

  void write_histogram(const MergedFamily& family,
                       const LabelledSample& sample) {
    const auto buckets = complete_buckets(sample.metric->histogram);
    for (const auto& bucket : buckets)
      write_line(family, sample, bucket.cumulative_count, "_bucket",
                 bound_label("le", bucket.upper_bound));
    write_line(family, sample, sample.metric->histogram.sample_sum, "_sum");
    write_line(family, sample, buckets.back().cumulative_count, "_count");
  }

  void write_summary(const MergedFamily& family, const LabelledSample& sample) {
    const auto& summary = sample.metric->summary;
    for (const auto& quantile : possible_quantiles(summary))
      write_line(family, sample, quantile.value, "",
                 bound_label("quantile", quantile.quantile));
    write_line(family, sample, summary.sample_sum, "_sum");
    write_line(family, sample, summary.sample_count, "_count");
  }

  std::string bound_label(std::string_view name, double bound) const {
    std::string label{name};
    label += "=\"";
    append_bound(label, bound,
                 openmetrics_ ? WholeBound::with_decimal : WholeBound::plain);
    label += '"';
    return label;
  }

  template <typename Number>
  void write_line(const MergedFamily& family, const LabelledSample& sample,
                  Number value, std::string_view suffix = {},
                  std::string_view last_label = {}) {
    out_.append(family.name).append(suffix);
    if (!sample.labels.empty() || !last_label.empty()) {
      out_.append("{").append(sample.labels);
      if (!sample.labels.empty() && !last_label.empty()) out_ += ',';
      out_.append(last_label).append("}");
    }
    out_ += ' ';
    append_number(out_, value);
    write_timestamp(sample.metric->timestamp_ms);
    out_ += '\n';
  }

  void write_timestamp(std::int64_t milliseconds) {
    if (milliseconds == 0) return;
    out_ += ' ';
    if (openmetrics_)
      append_number(out_, static_cast<double>(milliseconds) / 1000);
    else
      append_number(out_, milliseconds);
  }

  bool openmetrics_;
  ExpositionFormat format_;
  std::vector<MergedFamily> families_;
  std::string out_;
};

}  // namespace

std::string write_exposition(std::vector<MetricFamily> families,
                             ExpositionFormat format) {
  return Writer{format, merge_families(families)}.write();
}

}  // namespace openclaw_lock
