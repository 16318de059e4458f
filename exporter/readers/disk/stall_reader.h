// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/monotonic_time.h"
#include "core/disk/blocked_time.h"
#include "core/disk/delay_ledger.h"
#include "core/disk/pressure.h"
#include "core/disk/pressure_ledger.h"
#include "core/fleet/stall_facts.h"
#include "core/gateways/oom_ledger.h"
#include "core/procfs/mountinfo.h"
#include "core/procfs/process_identity.h"

namespace openclaw_lock {

using GatewayProcesses = std::map<std::string, std::vector<ProcessIdentity>>;

/// Looks at the processes of all gateways, in procfs and in the hierarchy of
/// control groups only, where nothing hangs. Needs no rights. Not thread-safe.
class StallReader {
 public:
  explicit StallReader(std::filesystem::path procfs)
      : procfs_{std::move(procfs)} {}

  /// The processes from now on; a gateway that is not named is forgotten.
  void watch(GatewayProcesses processes);

  /// Looks at the state of each thread.
  void look(MonotonicTime now);

  /// Reads what the control groups say: of processors and memory each half
  /// minute. That a process has moved to another group is noticed within a
  /// minute.
  void read_pressures(MonotonicTime now);

  /// Reads the delays that the kernel accounts. `now_ticks`: of the boot clock,
  /// as the start of a process. A process that began before accounting was
  /// seen to be on counts only when it has any delay: its 0 means nothing.
  void read_delays(std::uint64_t now_ticks);

  StallFacts report() const;

 private:
  struct Gateway {
    std::vector<ProcessIdentity> processes;
    BlockedTime blocked;
    PressureLedger pressure;
    PressureLedger cpu;
    OomLedger oom_kills;
    DelayLedger delay;
  };

  struct ControlGroup {
    std::string name;
    std::string file;  ///< its io.pressure
    MonotonicTime found_at;
  };

  /// Empty where it has none that can be read. `mounts`: ours, once read.
  std::optional<ControlGroup> find_group(
      const ProcessIdentity& process,
      std::optional<std::vector<Mount>>& mounts) const;

  void read_shortages();

  /// Of the threads of a process; none where it is gone or not accounted.
  std::map<ThreadIdentity, std::uint64_t> delays_of(
      const ProcessIdentity& process) const;

  /// Empty: the process is gone.
  std::optional<bool> is_blocked(const ProcessIdentity& process) const;

  std::filesystem::path procfs_;
  std::map<std::string, Gateway> gateways_;
  std::map<ProcessIdentity, ControlGroup> groups_;
  std::optional<MonotonicTime> shortage_at_;       ///< last read
  std::optional<std::uint64_t> accounting_since_;  ///< ticks; empty: it is off
};

}  // namespace openclaw_lock
