// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/fleet/source_health.h"

namespace openclaw_lock {

/// What is known of the search for gateways.
struct DiscoveryFacts {
  std::size_t configured = 0;  ///< state directories of flags and file, watched
  std::size_t discovered = 0;  ///< the others that are watched
  SourceHealth health;

  bool operator==(const DiscoveryFacts&) const = default;
};

}  // namespace openclaw_lock
