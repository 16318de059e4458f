// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// The text as a gzip member (RFC 1952), level 1. Empty where zlib fails.
std::optional<std::string> gzip(std::string_view text);

}  // namespace openclaw_lock
