// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/gateways/gateway_role.h"
#include "core/procfs/process_identity.h"

namespace openclaw_lock {

/// Answer to a question for which there may be no right to look.
enum class Answer { no, yes, unknown };

/// A process of OpenClaw, and what is known of it for one state directory.
struct GatewayCandidate {
  int pid = 0;                    ///< in the namespace of the procfs
  int parent = 0;                 ///< pid
  std::uint64_t start_ticks = 0;  ///< see ProcessStat
  ProcessRole role = ProcessRole::none;
  Answer uses = Answer::unknown;  ///< it has this state directory
  /// It listens, or keeps the singleton lock open, or the lock names it, or the
  /// service manager started it as a gateway. Asked of `shared` ones.
  Answer serves = Answer::unknown;
};

struct GatewayCount {
  std::vector<ProcessIdentity> running;  ///< gateways, the oldest first
  /// Processes that may or may not be one: then nobody knows how many there
  /// are.
  std::size_t undecided = 0;

  bool operator==(const GatewayCount&) const = default;
};

/// Tells which of the processes are gateways on the state directory. A wrapper
/// and the gateway that is its child are one, and the child is it. Pure.
GatewayCount count_gateways(const std::vector<GatewayCandidate>& candidates);

}  // namespace openclaw_lock
