// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace openclaw_lock {

/// Reads a duration in Prometheus' notation: `500ms`, `5s`, `1m`, `1h30m`,
/// units ms, s, m, h, d in falling order, each at most once, whole numbers.
/// Up to 365 days. Anything else, also the empty text and a bare number: empty.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace openclaw_lock
