// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/metric_family.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/locks/hold_histogram.h"

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
  void add(const MetricLabels& labels, const HoldHistogram& histogram);

  prometheus::MetricFamily take() { return std::move(family_); }

 private:
  prometheus::ClientMetric& sample(const MetricLabels& labels);

  prometheus::MetricFamily family_;
};

FamilyBuilder gauge(std::string name, std::string help);
FamilyBuilder counter(std::string name, std::string help);
FamilyBuilder histogram(std::string name, std::string help);

}  // namespace openclaw_lock
