// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/locks/lock_claim.h"
#include "core/procfs/process_stat.h"

namespace openclaw_lock {

/// Label `holder`: what became of the process that a lock names.
enum class Holder {
  alive,     ///< it runs
  dead,      ///< proven gone, and no other process has its pid
  recycled,  ///< proven gone, and its pid belongs to another process now
  unknown,   ///< cannot be told from here; never an error
};

inline constexpr Holder kHolders[] = {Holder::alive, Holder::dead,
                                      Holder::recycled, Holder::unknown};

constexpr std::string_view to_string(Holder holder) {
  switch (holder) {
    case Holder::alive:
      return "alive";
    case Holder::dead:
      return "dead";
    case Holder::recycled:
      return "recycled";
    case Holder::unknown:
      return "unknown";
  }
  return "unknown";
}

/// Whether a process can reach the directory that the lock lies in.
enum class Sees { yes, no, unknown };

/// A process that has the lock's pid at some level of PID namespaces.
struct HolderCandidate {
  ProcessStat stat;
  bool innermost = true;  ///< the pid is the one it has in its own namespace
  bool nested = false;    ///< it is in a namespace below the procfs mount's
  Sees sees = Sees::unknown;
  /// False where a process of another nested namespace can reach the directory
  /// too, or may: then nobody knows which of them the lock's pid is of.
  bool only_namespace = true;
  /// Boot-time offset of its time namespace, ticks; empty: not readable.
  std::optional<std::int64_t> offset_ticks = 0;
  /// It keeps the lock file open, as a holder does for the whole hold; empty:
  /// its descriptors may not be read, or were not.
  std::optional<bool> keeps_open = {};
  /// See may_be_openclaw().
  bool may_be_openclaw = true;
};

/// What is known of the world around a lock. Only proof counts: the defaults
/// are those of an exporter that sees nothing.
struct HolderEvidence {
  std::vector<HolderCandidate> candidates;

  bool local_filesystem = false;   ///< see is_local_filesystem
  bool table_complete = false;     ///< see ProcessTable::complete
  bool initial_namespace = false;  ///< see ProcessTable::initial_namespace
  /// The walk through /proc began after the lock was read, and the lock was
  /// still the same after it.
  bool lock_unchanged = false;
  /// This very holder was judged alive before, from this same procfs.
  bool seen_alive = false;
  /// And it was in a nested PID namespace then.
  bool seen_nested = false;
  /// A process of a nested PID namespace can reach the directory.
  bool nested_sees_directory = false;

  std::optional<WallTime> boot_time;
  WallTime table_started_at{};
  long ticks_per_second = 100;
  std::int64_t reader_offset_ticks = 0;
};

struct HolderVerdict {
  Holder holder = Holder::unknown;
  /// Why it is unknown, where that is for lack of sight: label `problem` of
  /// source `processes`.
  std::optional<Fault> obstacle = std::nullopt;
  /// Alive, in a nested PID namespace.
  bool nested = false;

  bool operator==(const HolderVerdict&) const = default;
};

/// A verdict's obstacle in words.
std::string_view why_unknown(Fault obstacle);

/// Judges who holds a lock. `acquired_at` is the lock's createdAt, or its mtime
/// where there is none.
///
/// Alive: a process that has the pid as its innermost one, can reach the
/// directory and has the claim's start time (in its own time namespace), or,
/// where the claim has none, is not younger than the lock by more than 2 s (the
/// granularity of btime). Zombies are dead.
///
/// Without a start time what a process has open goes before its age: one that
/// keeps the lock file open holds it, whatever its command is, and one that
/// does not has another lock's pid. Where its descriptors may not be read, a
/// process whose command can be no OpenClaw is not called the holder: unknown.
///
/// Dead and recycled need proof: a local file system, a complete table read
/// after the lock, and either the initial PID namespace with start ticks that
/// fit our boot time, or this holder, pid and start time, seen here: alive
/// before, or a zombie now. Recycled further needs the other process to be in
/// what is plausibly the writer's namespace. In a container it must be younger
/// than the lock: an older one had that pid when the lock was written, whatever
/// start time the lock names (a container may have the host's /proc, and names
/// a stranger's), unless the holder was seen in a container.
///
/// Pure: same inputs, same answer.
HolderVerdict judge_holder(const LockClaim& claim, WallTime acquired_at,
                           const HolderEvidence& evidence);

}  // namespace openclaw_lock
