// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "core/logs/line_gate.h"

namespace openclaw_lock {

/// How many bytes are compared at once; each width finds the same lines.
enum class SieveWidth {
  bytes_16,  ///< any processor
  bytes_32,  ///< x86 with AVX2
};

/// The widest that this processor can do; asking for a wider one is fatal.
SieveWidth widest_sieve();

/// Counts the lines of a piece of OpenClaw's file log (LineFormat::
/// openclaw_json) and shows, in their order and without newline, those that
/// have to be decoded. `lines` begins with a line and ends behind a newline; a
/// rest behind the last newline is neither counted nor shown. Nothing behind
/// the end of `lines` is read. Linear; far faster than decoding.
///
/// Every line that is not shown is no event for parse_openclaw_json and
/// classify_log_record, if it is a record as tslog and JSON.stringify write it:
/// `"0"` comes first, `_meta.logLevelId` is 0 to 6, there are no blanks between
/// tokens, no needless escapes and no repeated names. Lines that do not begin
/// with `{"0":`, or have a blank behind it (a record that another program wrote
/// anew), lines in colour that might be one, and lines longer than
/// kMaxLogLineBytes are all shown; that other lines are broken JSON is seen
/// only in those that are shown.
std::size_t sieve_openclaw_json(std::string_view lines,
                                const LineVisitor& visit,
                                SieveWidth width = widest_sieve());

}  // namespace openclaw_lock
