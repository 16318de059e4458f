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

LockVerdict assess(const JudgedLock& lock, WallTime now) {
  LockVerdict verdict;
  verdict.lock = &lock;
  verdict.age = std::max(milliseconds{0}, now - lock.acquired_at);
  verdict.limit = lock.max_hold.value_or(kDefaultMaxHold);
  verdict.overdue =
      lock.verdict.holder == Holder::alive && verdict.age > verdict.limit;
  return verdict;
}

void count(const LockVerdict& verdict, LockGauges& gauges) {
  const auto holder = static_cast<std::size_t>(verdict.lock->verdict.holder);
  ++gauges.files[holder];
  auto& oldest = gauges.oldest_age[holder];
  oldest = oldest ? std::max(*oldest, verdict.age) : verdict.age;
}

}  // namespace

SingletonAssessment assess_singleton_locks(const std::vector<JudgedLock>& locks,
                                           WallTime now) {
  SingletonAssessment assessment;
  for (const auto& lock : locks) {
    assessment.locks.push_back(assess(lock, now));
    count(assessment.locks.back(), assessment.gauges);
  }
  return assessment;
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
    const auto& verdict = assessment.locks.emplace_back(assess(lock, now));
    count(verdict, assessment.gauges[lock.series]);
    if (verdict.overdue) ++assessment.overdue[lock.series.agent];
  }
  return assessment;
}

}  // namespace openclaw_lock
