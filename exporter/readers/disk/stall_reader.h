// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/disk/blocked_time.h"
#include "core/disk/delay_ledger.h"
#include "core/disk/pressure.h"
#include "core/disk/pressure_ledger.h"
#include "exporter/readers/processes/openclaw_processes.h"

namespace openclaw_lock {

/// How the processes that use one gateway's state directory were held up.
struct GatewayStalls {
  /// Time in which a thread of them was in uninterruptible sleep (state D);
  /// empty before any was seen.
  std::optional<std::chrono::microseconds> blocked;
  /// Of their control groups; empty where none has one.
  std::optional<Pressure> pressure;
  /// Time that their threads waited for block devices, each its own; empty
  /// where the kernel does not account it, or not that of these processes.
  std::optional<std::chrono::milliseconds> delay = {};

  bool operator==(const GatewayStalls&) const = default;
};

using StallReport = std::map<std::string, GatewayStalls>;  ///< by gateway
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

  /// Reads what the control groups say.
  void read_pressures();

  /// Reads the delays that the kernel accounts. `now_ticks`: of the boot clock,
  /// as the start of a process. A process that began before accounting was
  /// seen to be on counts only when it has any delay: its 0 means nothing.
  void read_delays(std::uint64_t now_ticks);

  StallReport report() const;

 private:
  struct Gateway {
    std::vector<ProcessIdentity> processes;
    BlockedTime blocked;
    PressureLedger pressure;
    DelayLedger delay;
  };

  /// Of the threads of a process; none where it is gone or not accounted.
  std::map<ThreadIdentity, std::uint64_t> delays_of(
      const ProcessIdentity& process) const;

  /// Empty: the process is gone.
  std::optional<bool> is_blocked(const ProcessIdentity& process) const;

  std::filesystem::path procfs_;
  std::map<std::string, Gateway> gateways_;
  std::optional<std::uint64_t> accounting_since_;  ///< ticks; empty: it is off
};

}  // namespace openclaw_lock
