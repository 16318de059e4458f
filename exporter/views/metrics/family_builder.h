// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/span_histogram.h"

namespace openclaw_lock {

using MetricFamilies = std::vector<prometheus::MetricFamily>;
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// The same labels and one more.
MetricLabels with(MetricLabels labels, std::string name,
                  std::string_view value);

/// One family while its samples are gathered.
class FamilyBuilder {
 public:
  FamilyBuilder(std::string name, std::string help,
                prometheus::MetricType type);

  /// A sample of a gauge or counter.
  void add(const MetricLabels& labels, double value);

  template <const auto& kBounds>
  void add(const MetricLabels& labels,
           const SpanHistogram<kBounds>& histogram) {
    add_histogram(labels, kBounds, histogram.buckets, histogram.sum_seconds);
  }

  prometheus::MetricFamily take() { return std::move(family_); }

 private:
  /// `buckets`: not cumulative, one more than `bounds`.
  void add_histogram(const MetricLabels& labels, std::span<const double> bounds,
                     std::span<const std::uint64_t> buckets, double sum);
  prometheus::ClientMetric& sample(const MetricLabels& labels);

  prometheus::MetricFamily family_;
};

FamilyBuilder gauge(std::string name, std::string help);
FamilyBuilder counter(std::string name, std::string help);
FamilyBuilder histogram(std::string name, std::string help);

}  // namespace openclaw_lock
