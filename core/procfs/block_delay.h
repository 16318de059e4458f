// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace openclaw_lock {

/// Time that one thread waited for block I/O, in USER_HZ ticks, from the text
/// of /proc/PID/task/TID/stat: field 42, delayacct_blkio_ticks (proc(5),
/// Documentation/accounting/delay-accounting.rst). It stays 0 where
/// kernel.task_delayacct was off when the thread began. Empty where the text
/// has another form.
std::optional<std::uint64_t> parse_block_delay_ticks(std::string_view text);

}  // namespace openclaw_lock
