// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "exporter/config/settings.h"
#include "exporter/sampling/log_storage.h"

namespace openclaw_lock {

/// How long a command waits for its readers at its end.
inline constexpr std::chrono::milliseconds kStopPatience{1000};

/// Where positions in logs are kept, by the settings. Ends the process, with a
/// line in our log, where it cannot be used.
std::shared_ptr<LogStorage> open_storage(const Settings& settings);

/// Where a command writes and listens, for StartWatch.
std::string places_of(const Settings& settings);

/// Ends the process without waiting for any thread: readers may hang in the
/// system, and there is nothing to tidy up.
[[noreturn]] void leave(int exit_code);

}  // namespace openclaw_lock
