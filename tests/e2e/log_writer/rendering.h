// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "tests/e2e/log_writer/options.h"
#include "tests/e2e/log_writer/story.h"

namespace openclaw_lock {

/// `2026-11-21`
std::string to_date(std::chrono::sys_days day);

/// `2026-11-21T00:00:00.001`, without a zone.
std::string to_time(std::chrono::sys_time<std::chrono::milliseconds> time);

/// A record as it lies in a log file: whole lines, mostly one.
std::string to_text(Style style, const Record& record, const std::string& time);

}  // namespace openclaw_lock
