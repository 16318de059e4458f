// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "exporter/views/metrics/exposition_text.h"

namespace openclaw_lock {

enum class MetricType { counter, gauge, histogram };

/// What a metric is called and means.
struct MetricHead {
  std::string_view name;  ///< a counter's ends with `_total`
  std::string_view help;
  MetricType type;
};

inline constexpr std::string_view kTotal = "_total";

namespace declared {

/// Not constexpr: a call of it does not compile where a constant is wanted.
inline void name_is_impossible() {}

consteval MetricHead head(std::string_view name, std::string_view help,
                          MetricType type) {
  if (!is_metric_name(name) || help.empty()) name_is_impossible();
  return {name, help, type};
}

}  // namespace declared

consteval MetricHead gauge(std::string_view name, std::string_view help) {
  return declared::head(name, help, MetricType::gauge);
}

consteval MetricHead histogram(std::string_view name, std::string_view help) {
  return declared::head(name, help, MetricType::histogram);
}

/// OpenMetrics names a counter without its `_total`.
consteval MetricHead counter(std::string_view name, std::string_view help) {
  if (!name.ends_with(kTotal) || name.size() == kTotal.size())
    declared::name_is_impossible();
  return declared::head(name, help, MetricType::counter);
}

}  // namespace openclaw_lock
