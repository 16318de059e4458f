// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/logs/log_ledger.h"

namespace openclaw_lock {

/// What is known of the logs of one gateway.
struct LogFacts {
  LogTotals totals;
  KeptIncidents kept;
  std::size_t files = 0;  ///< followed; a journal or input counts as one
  std::uint64_t unread_bytes = 0;  ///< of files, incomplete lines included
  /// Standard input is read: it has not ended, or may mean more in a moment.
  bool input_open = false;

  bool operator==(const LogFacts&) const = default;
};

}  // namespace openclaw_lock
