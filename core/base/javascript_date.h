// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/base/wall_time.h"

namespace openclaw_lock {

/// What JavaScript's Date.parse makes of a text.
struct JavascriptDate {
  WallTime time{};
  /// The text has a time of day and no zone, so that it is in the zone of the
  /// process that reads it: `time` is what the clock of that zone shows.
  bool is_local = false;
};

/// Reads the date time string format of ECMA-262 (21.4.1.32) as V8 does
/// (src/date/dateparser-inl.h, Node 20): a date alone is UTC; `t` and `z` may
/// be small; an offset may lack its colon; days up to 31 run over into the next
/// month; 24:00 is the next day; a year has 4 digits, or a sign and 6; any
/// number of digits of a fraction. Second 60 is no time.
///
/// Empty where V8 says NaN, and for the texts beyond that format that V8 reads,
/// too (`Nov 20 2026`, `2026/11/20`): no OpenClaw writes them.
std::optional<JavascriptDate> parse_javascript_date(std::string_view text);

}  // namespace openclaw_lock
