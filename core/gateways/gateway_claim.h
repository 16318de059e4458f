// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/wall_time.h"

namespace openclaw_lock {

/// What the singleton lock of a gateway says. Fields that are missing or of the
/// wrong type are empty.
struct GatewayClaim {
  std::optional<int> pid;  ///< 1 to 2^31-1, in the writer's own PID namespace
  std::optional<std::uint64_t> start_ticks;  ///< `startTime`, see ProcessStat
  std::optional<WallTime> created_at;  ///< `createdAt`, where its zone is known
  std::string config_path;             ///< as the gateway names it
  std::string state_dir;               ///< the same; from 2026.7.2-beta.1 on
  std::string role;  ///< empty: a gateway; `agent-embedded` and others not
  bool has_owner = false;  ///< `ownerId`: era C, 2026.8.1 on

  bool operator==(const GatewayClaim&) const = default;
};

/// Reads the JSON of `gateway.*.lock` (OpenClaw 2026.1.29 to 2026.9.6;
/// src/infra/gateway-lock.ts), see as_javascript_reads. The line of blanks and
/// tabs that follows it from 2026.8.1 on is accepted. What is not a JSON object
/// is malformed; longer than 4096 bytes too_big.
Result<GatewayClaim> parse_gateway_claim(std::string_view body);

}  // namespace openclaw_lock
