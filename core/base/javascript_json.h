// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// A file's bytes as Node's readFile(file, "utf8") and JSON.parse take them, in
/// a form that nlohmann::json takes alike: what is no UTF-8 is U+FFFD, and so
/// is an escaped half of a surrogate pair. Empty where JSON.parse refuses what
/// nlohmann::json passes over: a byte order mark, a NUL.
std::optional<std::string> as_javascript_reads(std::string_view bytes);

}  // namespace openclaw_lock
