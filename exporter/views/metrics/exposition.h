// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace openclaw_lock {

enum class ExpositionFormat {
  text_0_0_4,         ///< Prometheus text format, the default
  openmetrics_1_0_0,  ///< when the client ranks it at least as high
};

/// Writes families as text 0.0.4 or OpenMetrics 1.0.0.
///
/// Families of one name are merged, families and samples sorted, so equal
/// input gives equal text; families without samples are left out. HELP and
/// label values are escaped and ill-formed UTF-8 in them replaced. Numbers are
/// the shortest that read back the same. Counter families are named with
/// `_total` by the caller; OpenMetrics drops it from the family's name.
std::string write_exposition(std::vector<prometheus::MetricFamily> families,
                             ExpositionFormat format);

}  // namespace openclaw_lock
