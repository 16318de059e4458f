// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace openclaw_lock {

/// What stands behind colours at the front (`ESC [ ... m`).
std::string_view behind_colours(std::string_view text);

/// Without colours (`ESC [ ... m`), which chalk writes where it takes its
/// output for a terminal, and without a carriage return at the end.
std::string plain_text(std::string_view text);

}  // namespace openclaw_lock
