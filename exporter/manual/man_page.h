// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace openclaw_lock {

/// The manual page openclaw-lock-exporter(1) in man(7) macros; its options are
/// known_flags(). `date` as in 2026-01-31.
std::string man_page(std::string_view date);

}  // namespace openclaw_lock
