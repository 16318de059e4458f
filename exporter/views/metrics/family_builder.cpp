// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/family_builder.h"

namespace openclaw_lock {

using prometheus::MetricType;

MetricLabels with(MetricLabels labels, std::string name,
                  std::string_view value) {
  labels.emplace_back(std::move(name), std::string{value});
  return labels;
}

FamilyBuilder::FamilyBuilder(std::string name, std::string help,
                             MetricType type) {
  family_.name = std::move(name);
  family_.help = std::move(help);
  family_.type = type;
}

prometheus::ClientMetric& FamilyBuilder::sample(const MetricLabels& labels) {
  auto& metric = family_.metric.emplace_back();
  metric.label.reserve(labels.size());
  for (const auto& [name, value] : labels) {
    auto& label = metric.label.emplace_back();
    label.name = name;
    label.value = value;
  }
  return metric;
}

void FamilyBuilder::add(const MetricLabels& labels, double value) {
  auto& metric = sample(labels);
  if (family_.type == MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
}

void FamilyBuilder::add_histogram(const MetricLabels& labels,
                                  std::span<const double> bounds,
                                  std::span<const std::uint64_t> buckets,
                                  double sum) {
  auto& out = sample(labels).histogram;
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    cumulative += buckets[i];
    auto& bucket = out.bucket.emplace_back();
    bucket.upper_bound = bounds[i];
    bucket.cumulative_count = cumulative;
  }
  out.sample_count = cumulative + buckets[bounds.size()];
  out.sample_sum = sum;
}

FamilyBuilder gauge(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Gauge};
}

FamilyBuilder counter(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Counter};
}

FamilyBuilder histogram(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Histogram};
}

}  // namespace openclaw_lock
