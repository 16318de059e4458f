// SPDX-License-Identifier: Apache-2.0
#include "core/locks/holder.h"

#include "core/procfs/clock_ticks.h"
#include "core/procfs/process_table.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// btime has a granularity of 1 s, and clocks are stepped a little.
constexpr milliseconds kClockSlack{2000};

enum class Identity { same, other, unknown };

Identity compare_start(std::uint64_t claimed, const HolderCandidate& candidate,
                       const HolderEvidence& evidence) {
  const auto seen = candidate.stat.start_ticks;
  if (claimed == seen) return Identity::same;
  if (!candidate.offset_ticks) return Identity::unknown;
  if (*candidate.offset_ticks == 0 && evidence.reader_offset_ticks == 0)
    return Identity::other;
  const auto own = bounded_ticks(seen) + *candidate.offset_ticks -
                   evidence.reader_offset_ticks;
  const auto difference = bounded_ticks(claimed) - own;
  // The kernel adds the offset in ns before it divides: a tick may carry.
  return difference >= -1 && difference <= 1 ? Identity::same : Identity::other;
}

Identity compare_age(WallTime acquired_at, const HolderCandidate& candidate,
                     const HolderEvidence& evidence) {
  // Without start ticks a container's pid cannot be told from the host's.
  const bool ambiguous = !candidate.nested && evidence.nested_sees_directory;
  if (!evidence.boot_time || ambiguous) return Identity::unknown;
  const auto started =
      *evidence.boot_time +
      span_of_ticks(candidate.stat.start_ticks, evidence.ticks_per_second);
  return started <= acquired_at + kClockSlack ? Identity::same
                                              : Identity::other;
}

Identity compare(const LockClaim& claim, WallTime acquired_at,
                 const HolderCandidate& candidate,
                 const HolderEvidence& evidence) {
  if (candidate.keeps_open == true) return Identity::same;
  if (claim.start_ticks)
    return compare_start(*claim.start_ticks, candidate, evidence);
  if (candidate.keeps_open == false) return Identity::other;
  const auto by_age = compare_age(acquired_at, candidate, evidence);
  return by_age == Identity::same && !candidate.may_be_openclaw
             ? Identity::unknown
             : by_age;
}

/// Start ticks written under another kernel (a VM, another host, the boot
/// before this one) seldom fit this one's clock.
bool fits_this_boot(const LockClaim& claim, WallTime acquired_at,
                    const HolderEvidence& evidence) {
  if (!claim.start_ticks) return true;
  if (!evidence.boot_time) return false;
  const auto started =
      *evidence.boot_time +
      span_of_ticks(*claim.start_ticks, evidence.ticks_per_second);
  return started <= acquired_at + kClockSlack &&
         started <= evidence.table_started_at + kClockSlack;
}

/// What keeps the absence of the holder from being proof of its death. `seen`:
/// it ran here, in sight of the exporter.
std::optional<Fault> obstacle_to_proof(const LockClaim& claim,
                                       WallTime acquired_at, bool seen,
                                       const HolderEvidence& evidence) {
  if (!evidence.table_complete) return Fault::denied;
  if (!evidence.local_filesystem) return Fault::pid_namespace;
  // A pid alone may have been another process of ours.
  if (seen && claim.start_ticks) return {};
  if (!evidence.initial_namespace ||
      !fits_this_boot(claim, acquired_at, evidence))
    return Fault::pid_namespace;
  return {};
}

/// Of a process on the host and one in a container that share a directory,
/// either may have written the lock; only the container's own mount of the
/// directory speaks for it.
bool in_writers_namespace(const HolderCandidate& candidate,
                          const HolderEvidence& evidence) {
  return candidate.innermost && candidate.sees == Sees::yes &&
         candidate.only_namespace &&
         (candidate.nested || !evidence.nested_sees_directory);
}

/// It had the pid before the lock was written, yet another start time.
bool contradicts(WallTime acquired_at, const HolderCandidate& candidate,
                 const HolderEvidence& evidence) {
  if (!candidate.nested || !candidate.innermost || evidence.seen_nested ||
      has_exited(candidate.stat))
    return false;
  return !evidence.boot_time ||
         *evidence.boot_time + span_of_ticks(candidate.stat.start_ticks,
                                             evidence.ticks_per_second) <=
             acquired_at;
}

struct Findings {
  bool alive = false;
  bool on_host = false;  ///< it is alive outside of nested namespaces
  bool zombie = false;
  bool uncertain = false;
  bool successor = false;
};

Findings examine(const LockClaim& claim, WallTime acquired_at,
                 const HolderEvidence& evidence) {
  Findings found;
  for (const auto& candidate : evidence.candidates) {
    if (candidate.stat.flags & kKernelThreadFlag) continue;
    const auto identity = compare(claim, acquired_at, candidate, evidence);
    if (candidate.sees == Sees::no) {
      // Another container's process that started in the same tick, or the
      // holder by a way that we did not find: a chroot, a detached mount.
      const bool may_be_holder =
          claim.start_ticks && identity != Identity::other;
      found.uncertain =
          found.uncertain || (may_be_holder && !has_exited(candidate.stat));
      continue;
    }
    if (identity == Identity::other) {
      found.successor =
          found.successor || in_writers_namespace(candidate, evidence);
      found.uncertain =
          found.uncertain ||
          (claim.start_ticks && contradicts(acquired_at, candidate, evidence));
    } else if (identity == Identity::unknown || !candidate.innermost) {
      found.uncertain = found.uncertain || !has_exited(candidate.stat);
    } else if (has_exited(candidate.stat)) {
      found.zombie = true;
    } else {
      found.alive = true;
      found.on_host = found.on_host || !candidate.nested;
    }
  }
  return found;
}

}  // namespace

std::string_view why_unknown(Fault obstacle) {
  if (obstacle == Fault::denied)
    return "not all processes can be read or told apart";
  if (obstacle == Fault::timeout) return "the process table is not answering";
  if (obstacle == Fault::pid_namespace)
    return "they may run where this exporter cannot see them";
  return "";
}

HolderVerdict judge_holder(const LockClaim& claim, WallTime acquired_at,
                           const HolderEvidence& evidence) {
  if (!claim.pid) return {};
  const auto found = examine(claim, acquired_at, evidence);
  if (found.alive) return {Holder::alive, {}, !found.on_host};
  if (found.uncertain) return {Holder::unknown, Fault::denied};
  if (!evidence.lock_unchanged) return {};
  const bool seen = evidence.seen_alive || found.zombie;
  if (const auto obstacle =
          obstacle_to_proof(claim, acquired_at, seen, evidence))
    return {Holder::unknown, obstacle};
  if (found.successor && !found.zombie) return {Holder::recycled};
  return {Holder::dead};
}

}  // namespace openclaw_lock
