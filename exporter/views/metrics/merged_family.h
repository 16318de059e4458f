// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

namespace openclaw_lock {

/// One set of labels of a family.
struct LabelledSample {
  std::string labels;  ///< as written, by name, without braces
  const prometheus::ClientMetric* metric;
};

/// All families of one name, as one. Looks into the families it was made of.
struct MergedFamily {
  std::string_view name;
  std::string_view help;
  prometheus::MetricType type;
  std::vector<LabelledSample> samples;  ///< by labels, each set of labels once
};

/// By name, without what no format may hold: families of impossible names or
/// without samples; samples with impossible or repeated labels, counters that
/// are negative or not a number; of samples with equal labels all but the
/// first; of families that share a name all but those of the first type.
std::vector<MergedFamily> merge_families(
    std::vector<prometheus::MetricFamily>& families);

/// Buckets in rising order, each bound once, counts never falling, the last
/// bound +Inf.
std::vector<prometheus::ClientMetric::Bucket> complete_buckets(
    const prometheus::ClientMetric::Histogram& histogram);

/// Quantiles from 0 to 1 in rising order, each once.
std::vector<prometheus::ClientMetric::Quantile> possible_quantiles(
    const prometheus::ClientMetric::Summary& summary);

}  // namespace openclaw_lock
