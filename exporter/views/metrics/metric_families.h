// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fleet/snapshot.h"
#include "exporter/views/metrics/family_builder.h"

namespace openclaw_lock {

// The names and help texts of all metrics, a file a subject. Pure.

/// lock_families.cpp: locks, holds, watches.
void add_lock_families(const FleetSnapshot& report, MetricFamilies& families);

/// gateway_families.cpp: running gateways and their singleton lock.
void add_gateway_families(const FleetSnapshot& report,
                          MetricFamilies& families);

/// log_families.cpp: lock timeouts and other events, reading of logs.
void add_log_families(const FleetSnapshot& report, MetricFamilies& families);

/// disk_families.cpp: what state directories lie on, waiting for it.
void add_disk_families(const FleetSnapshot& report, MetricFamilies& families);

/// source_families.cpp: health of the readers.
void add_source_families(const FleetSnapshot& report, MetricFamilies& families);

/// exporter_families.cpp: build, configuration, HTTP, process_*.
void add_exporter_families(const FleetSnapshot& report,
                           MetricFamilies& families);

/// All of them.
MetricFamilies make_families(const FleetSnapshot& report);

}  // namespace openclaw_lock
