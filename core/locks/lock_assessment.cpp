// SPDX-License-Identifier: Apache-2.0
#include "core/locks/lock_assessment.h"

#include <algorithm>

namespace openclaw_lock {

using std::chrono::milliseconds;

WallTime acquired_at(const std::optional<LockClaim>& claim,
                     WallTime modified_at, WallTime now) {
  if (!claim || !claim->created_at || *claim->created_at > now)
    return modified_at;
  return *claim->created_at;
}

bool is_leftover(WallTime acquired_at,
                 const std::optional<WallTime>& sqlite_gateway_at) {
  return sqlite_gateway_at && acquired_at <= *sqlite_gateway_at;
}

namespace {

void count_lock(const JudgedLock& lock, WallTime now, LockGauges& gauges) {
  const auto holder = static_cast<std::size_t>(lock.holder);
  const auto age = std::max(milliseconds{0}, now - lock.acquired_at);
  ++gauges.files[holder];
  auto& oldest = gauges.oldest_age[holder];
  oldest = oldest ? std::max(*oldest, age) : age;
}

}  // namespace

LockGauges count_locks(const std::vector<JudgedLock>& locks, WallTime now) {
  LockGauges gauges;
  for (const auto& lock : locks) count_lock(lock, now, gauges);
  return gauges;
}

LockAssessment assess_locks(const LockSnapshot& snapshot, WallTime now) {
  LockAssessment assessment;
  for (const auto& agent : snapshot.agents) {
    for (const auto kind : kSessionLockKinds)
      assessment.gauges[LockSeries{agent, kind}] = {};
    assessment.overdue[agent] = 0;
  }
  for (const auto& lock : snapshot.locks) {
    if (!snapshot.agents.contains(lock.series.agent)) continue;
    count_lock(lock, now, assessment.gauges[lock.series]);
    const auto age = now - lock.acquired_at;
    if (lock.holder == Holder::alive &&
        age > lock.max_hold.value_or(kDefaultMaxHold))
      ++assessment.overdue[lock.series.agent];
  }
  return assessment;
}

}  // namespace openclaw_lock
