// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/gateway_lock_holders.h"

#include <utility>

#include "core/locks/holder.h"

namespace openclaw_lock {

std::vector<JudgedLock> GatewayLockHolders::judge(
    const std::vector<GatewayLock>& locks, bool local_filesystem,
    DirectoryVisibility& visibility, const ProcessTable& table, WallTime now) {
  std::map<Key, Seen> seen;
  std::vector<JudgedLock> judged;
  for (const auto& lock : locks) {
    const Key key{lock.device, lock.identity.inode, lock.identity.mtime_ns};
    if (seen.contains(key)) continue;
    const LockClaim claim{
        lock.claim.pid, lock.claim.created_at, lock.claim.start_ticks, {}};
    const auto taken = acquired_at(claim, lock.modified_at, now);
    auto evidence = visibility.gather(claim, table);
    evidence.local_filesystem = local_filesystem;
    const auto before = seen_.find(key);
    evidence.lock_unchanged = before != seen_.end();
    auto& state = seen[key];
    if (before != seen_.end()) state = before->second;
    evidence.seen_alive = state.alive;
    evidence.seen_nested = state.nested;
    const auto verdict = judge_holder(claim, taken, evidence);
    if (verdict.holder == Holder::alive) state = {true, verdict.nested};
    judged.push_back({{"", LockKind::gateway},
                      verdict,
                      taken,
                      {},
                      lock.directory + '/' + lock.name,
                      claim.pid});
  }
  seen_ = std::move(seen);
  return judged;
}

}  // namespace openclaw_lock
