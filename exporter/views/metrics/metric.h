// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/fleet/verdicts.h"
#include "exporter/views/metrics/exposition_writer.h"

namespace openclaw_lock {

/// One gateway: facts, and what follows from them.
struct GatewayView {
  const GatewaySnapshot* facts;
  const GatewayVerdicts* verdicts;

  MetricLabel label() const { return {"gateway", facts->name}; }

  /// Null before the first round, and where the reader is switched off.
  template <typename Facts>
  const Facts* latest() const {
    return facts->readings.look_at<Facts>();
  }
};

/// A metric: what it is called, and what writes its samples: of each gateway,
/// or once. What is not known has no sample.
struct Metric {
  MetricHead head;
  void (*of_gateway)(const GatewayView& gateway,
                     ExpositionWriter& out) = nullptr;
  void (*of_fleet)(const FleetSnapshot& fleet, ExpositionWriter& out) = nullptr;
};

using Metrics = std::span<const Metric>;

// All metrics, a file a subject: what each reader reads, and two more.
#define READER(name) Metrics name##_metrics();
#include "core/fleet/readers.def"
Metrics source_metrics();    ///< health of the readers
Metrics exporter_metrics();  ///< discovery, build, configuration, process_*

/// Those of all subjects, by name.
Metrics all_metrics();

/// What these metrics, in this order, say of a snapshot and its verdicts.
std::string write_metrics(Metrics metrics, const FleetSnapshot& snapshot,
                          const FleetVerdicts& verdicts,
                          ExpositionFormat format);

}  // namespace openclaw_lock
