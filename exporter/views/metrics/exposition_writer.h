// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/span_histogram.h"
#include "exporter/views/metrics/exposition_format.h"
#include "exporter/views/metrics/metric_head.h"

namespace openclaw_lock {

/// A label of a sample. The name is one that formats allow.
struct MetricLabel {
  std::string_view name;
  std::string_view value;  ///< any bytes
};

using MetricLabels = std::initializer_list<MetricLabel>;

/// Writes metrics as text 0.0.4 or OpenMetrics 1.0.0, each once: begin(), then
/// its samples, in groups that share no labels, in any order within a group.
///
/// The text has the samples of a group in the order of their labels, those with
/// equal labels once; of a metric without samples it has nothing. HELP and
/// label values are escaped and ill-formed UTF-8 in them replaced. Numbers are
/// the shortest that read back the same. A counter below 0 is left out.
class ExpositionWriter {
 public:
  /// `expected_bytes`: memory that is taken at once.
  explicit ExpositionWriter(ExpositionFormat format,
                            std::size_t expected_bytes = 0);

  void begin(const MetricHead& head);
  void begin_group();

  /// A sample of a gauge or counter. `labels` are in the order of their names.
  void add(MetricLabels labels, double value);
  template <std::unsigned_integral Number>
  void add(MetricLabels labels, Number value) {
    add_count(labels, value);
  }

  /// A histogram, with no label `le`.
  template <const auto& kBounds>
  void add(MetricLabels labels, const SpanHistogram<kBounds>& histogram) {
    add_histogram(labels, kBounds, histogram.buckets, histogram.sum_seconds);
  }

  /// `bounds` rise; `buckets` are not cumulative, one more than `bounds`.
  void add_histogram(MetricLabels labels, std::span<const double> bounds,
                     std::span<const std::uint64_t> buckets, double sum);

  /// The whole text. Nothing may be written after it.
  std::string finish() &&;

 private:
  /// Where a sample stands in the text; its labels are what it is sorted by.
  struct Sample {
    std::size_t begin = 0;
    std::size_t labels = 0;
    std::size_t labels_size = 0;
    std::size_t end = 0;
  };

  void add_count(MetricLabels labels, std::uint64_t value);
  template <typename Number>
  void add_number(MetricLabels labels, Number value);
  Sample begin_sample(MetricLabels labels);
  std::size_t line_bytes() const;
  template <typename Number>
  char* write_line(char* to, std::string_view suffix, Number value) const;
  void end_sample(Sample sample);
  void write_head();
  void write_bounds(std::span<const double> bounds);
  void sort_samples();
  std::string_view labels_of(const Sample& sample) const;

  ExpositionFormat format_;
  MetricHead head_{};
  std::string out_;
  bool head_written_ = false;
  std::vector<Sample> samples_;  ///< of the group that was begun
  bool in_order_ = true;         ///< and none twice
  std::string labels_;           ///< of the sample, in braces if any
  std::string sorted_;           ///< only kept for its memory
  const double* bounds_ = nullptr;
  std::vector<std::string> bound_labels_;  ///< of bounds_, and +Inf
};

}  // namespace openclaw_lock
