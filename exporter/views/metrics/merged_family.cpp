// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/merged_family.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "exporter/views/metrics/exposition_text.h"

namespace openclaw_lock {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

constexpr auto kInfinity = std::numeric_limits<double>::infinity();

bool reserves(MetricType type, std::string_view label) {
  return (type == MetricType::Histogram && label == "le") ||
         (type == MetricType::Summary && label == "quantile");
}

bool is_possible(MetricType type, const ClientMetric& metric) {
  return type != MetricType::Counter || metric.counter.value >= 0;
}

using Label = ClientMetric::Label;

/// True where the labels may be written as they are: in order, each once.
bool are_in_order(const std::vector<Label>& labels) {
  for (std::size_t i = 1; i < labels.size(); ++i)
    if (labels[i - 1].name >= labels[i].name) return false;
  return true;
}

void append_in_order(std::string& out, const std::vector<Label>& labels) {
  for (const auto& label : labels) {
    if (!out.empty()) out += ',';
    out.append(label.name).append("=\"");
    append_escaped(out, label.value, Quotes::escape);
    out += '"';
  }
}

/// The labels by name. Empty where one of them may not be.
std::optional<std::string> write_labels(MetricType type,
                                        const std::vector<Label>& labels) {
  std::size_t size = 0;
  for (const auto& label : labels) {
    if (!is_label_name(label.name) || reserves(type, label.name)) return {};
    size += label.name.size() + label.value.size() +
            std::string_view{R"(="",)"}.size();
  }
  std::string text;
  text.reserve(size);
  if (are_in_order(labels)) {
    append_in_order(text, labels);
    return text;
  }
  auto sorted = labels;
  std::sort(sorted.begin(), sorted.end());
  if (!are_in_order(sorted)) return {};
  append_in_order(text, sorted);
  return text;
}

void add_samples(MergedFamily& merged, const MetricFamily& family) {
  merged.samples.reserve(merged.samples.size() + family.metric.size());
  for (const auto& metric : family.metric) {
    if (!is_possible(family.type, metric)) continue;
    auto labels = write_labels(family.type, metric.label);
    if (labels) merged.samples.push_back({std::move(*labels), &metric});
  }
}

void sort_samples(std::vector<LabelledSample>& samples) {
  const auto before = [](const LabelledSample& a, const LabelledSample& b) {
    return a.labels < b.labels;
  };
  if (!std::is_sorted(samples.begin(), samples.end(), before))
    std::stable_sort(samples.begin(), samples.end(), before);
  const auto same = [](const LabelledSample& a, const LabelledSample& b) {
    return a.labels == b.labels;
  };
  samples.erase(std::unique(samples.begin(), samples.end(), same),
                samples.end());
}

}  // namespace

std::vector<MergedFamily> merge_families(std::vector<MetricFamily>& families) {
  std::stable_sort(families.begin(), families.end(),
                   [](const MetricFamily& a, const MetricFamily& b) {
                     return std::tie(a.name, a.type, a.help) <
                            std::tie(b.name, b.type, b.help);
                   });
  std::vector<MergedFamily> merged;
  for (const auto& family : families) {
    if (!is_metric_name(family.name)) continue;
    if (merged.empty() || merged.back().name != family.name)
      merged.push_back({family.name, family.help, family.type, {}});
    auto& target = merged.back();
    if (target.type != family.type) continue;
    if (target.help.empty()) target.help = family.help;
    add_samples(target, family);
  }
  std::erase_if(merged,
                [](const auto& family) { return family.samples.empty(); });
  for (auto& family : merged) sort_samples(family.samples);
  return merged;
}

std::vector<ClientMetric::Bucket> complete_buckets(
    const ClientMetric::Histogram& histogram) {
  auto buckets = histogram.bucket;
  std::erase_if(buckets,
                [](const auto& b) { return std::isnan(b.upper_bound); });
  buckets.push_back({histogram.sample_count, kInfinity});
  std::stable_sort(buckets.begin(), buckets.end(),
                   [](const auto& a, const auto& b) {
                     return a.upper_bound < b.upper_bound;
                   });
  std::vector<ClientMetric::Bucket> complete;
  std::uint64_t count = 0;
  for (const auto& bucket : buckets) {
    count = std::max(count, bucket.cumulative_count);
    if (complete.empty() || complete.back().upper_bound != bucket.upper_bound)
      complete.push_back(bucket);
    complete.back().cumulative_count = count;
  }
  return complete;
}

std::vector<ClientMetric::Quantile> possible_quantiles(
    const ClientMetric::Summary& summary) {
  auto quantiles = summary.quantile;
  std::erase_if(quantiles, [](const auto& q) {
    return !(q.quantile >= 0 && q.quantile <= 1);
  });
  std::stable_sort(
      quantiles.begin(), quantiles.end(),
      [](const auto& a, const auto& b) { return a.quantile < b.quantile; });
  const auto same = [](const auto& a, const auto& b) {
    return a.quantile == b.quantile;
  };
  quantiles.erase(std::unique(quantiles.begin(), quantiles.end(), same),
                  quantiles.end());
  return quantiles;
}

}  // namespace openclaw_lock
