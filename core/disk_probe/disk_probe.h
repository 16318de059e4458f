// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>

#include "core/base/span_histogram.h"

namespace openclaw_lock {

/// Upper bounds of openclaw_lock_disk_probe_seconds, s: from a fast NVMe disk
/// to one that stops a gateway for longer than it waits for a lock (10 s, 60 s
/// since 2026.5.7).
inline constexpr std::array<double, 17> kProbeBounds{
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
    0.1,    0.25,    0.5,    1,     2.5,    10,    30,   60};

using ProbeHistogram = SpanHistogram<kProbeBounds>;

/// The longest rest between two probes, unless the interval is longer.
inline constexpr std::chrono::milliseconds kLongestProbeRest =
    std::chrono::minutes{10};

/// How long to rest after a probe that took `took`: the interval, and at least
/// a hundred times as long as it took, so that a slow disk is not kept busy.
std::chrono::milliseconds rest_after_probe(std::chrono::milliseconds interval,
                                           std::chrono::microseconds took);

}  // namespace openclaw_lock
