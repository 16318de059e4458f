// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/gateway_lock_holders.h"

#include <optional>
#include <utility>

#include "core/locks/holder.h"

namespace openclaw_lock {

JudgedGatewayLocks GatewayLockHolders::judge(
    const std::vector<GatewayLock>& locks, bool local_filesystem,
    DirectoryVisibility& visibility, const ProcessTable& table, WallTime now) {
  std::map<Key, Seen> seen;
  JudgedGatewayLocks judged;
  for (const auto& lock : locks) {
    const Key key{lock.device, lock.identity.inode, lock.identity.mtime_ns};
    if (seen.contains(key)) continue;
    const LockClaim claim{
        lock.claim.pid, lock.claim.created_at, lock.claim.start_ticks, {}};
    const auto taken = acquired_at(claim, lock.modified_at, now);
    // Era C guards by a database; whether it keeps the file open is not known.
    std::optional<FileKey> file;
    if (!lock.claim.has_owner) file = FileKey{lock.device, lock.identity.inode};
    auto evidence = visibility.gather(claim, table, file);
    evidence.local_filesystem = local_filesystem;
    const auto before = seen_.find(key);
    auto& state = seen[key];
    state = before == seen_.end() ? Seen{now} : before->second;
    evidence.lock_unchanged =
        before != seen_.end() && table.started_at >= state.since;
    evidence.seen_alive = state.alive;
    evidence.seen_nested = state.nested;
    auto verdict = judge_holder(claim, taken, evidence);
    if (verdict.holder == Holder::unknown && !verdict.obstacle && claim.pid) {
      verdict.obstacle = Fault::timeout;
      judged.wants_later_table =
          judged.wants_later_table || before == seen_.end();
    }
    if (verdict.obstacle) judged.obstacles.insert(*verdict.obstacle);
    if (verdict.holder == Holder::alive) {
      state.alive = true;
      state.nested = verdict.nested;
      judged.held.push_back(lock.claim);
    }
    judged.locks.push_back({{"", LockKind::gateway},
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
