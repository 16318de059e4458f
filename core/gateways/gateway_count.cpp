// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/gateway_count.h"

#include <algorithm>
#include <tuple>

namespace openclaw_lock {
namespace {

Answer only_yes(Answer answer) {
  return answer == Answer::yes ? answer : Answer::no;
}

/// By itself, wrapper or not.
Answer is_gateway(const GatewayCandidate& candidate) {
  switch (candidate.role) {
    case ProcessRole::none:
    case ProcessRole::command:
      return Answer::no;
    case ProcessRole::possible:
      // Whether it is of OpenClaw at all is open, too.
      return candidate.uses == Answer::yes ? candidate.serves
                                           : only_yes(candidate.serves);
    case ProcessRole::shared:
      return candidate.serves;
    case ProcessRole::started:
    case ProcessRole::gateway:
      return Answer::yes;
  }
  return Answer::unknown;
}

bool is_parent(const GatewayCandidate& parent, const GatewayCandidate& child) {
  return parent.pid == child.parent && parent.start_ticks <= child.start_ticks;
}

/// A gateway with a title of its own is nobody's wrapper, and one that serves
/// is none either. The wrapper of a command shows by its child as well.
bool is_wrapper(const GatewayCandidate& candidate,
                const std::vector<GatewayCandidate>& all) {
  const bool shared = candidate.role == ProcessRole::shared;
  if (!shared && candidate.role != ProcessRole::started) return false;
  if (shared && candidate.serves == Answer::yes) return false;
  return std::ranges::any_of(all, [&](const GatewayCandidate& other) {
    if (!is_parent(candidate, other)) return false;
    return is_gateway(other) == Answer::yes ||
           (shared && other.role == ProcessRole::command);
  });
}

}  // namespace

GatewayCount count_gateways(const std::vector<GatewayCandidate>& candidates) {
  GatewayCount count;
  for (const auto& candidate : candidates) {
    const auto gateway = is_gateway(candidate);
    if (gateway == Answer::no || candidate.uses == Answer::no ||
        is_wrapper(candidate, candidates))
      continue;
    if (gateway == Answer::yes && candidate.uses == Answer::yes)
      count.running.push_back({candidate.pid, candidate.start_ticks});
    else
      ++count.undecided;
  }
  std::ranges::sort(count.running, {}, [](const ProcessIdentity& process) {
    return std::tuple{process.start_ticks, process.pid};
  });
  return count;
}

}  // namespace openclaw_lock
