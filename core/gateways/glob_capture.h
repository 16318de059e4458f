// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openclaw_lock {

/// Whether `text` holds a wildcard, `*` or `?`. Brackets are ordinary.
bool is_glob(std::string_view text);

/// The components of a path, without empty ones: `/a//b/` is `a`, `b`.
std::vector<std::string> split_path(std::string_view path);

/// Matches one component of a path. `*` stands for any bytes, `?` for one
/// character of UTF-8 (or one byte that is none); neither for a leading dot,
/// and nothing but itself for `.` and `..`. Where a name can be matched in
/// several ways, each `*` but the last takes as little as possible.
///
/// What each `*` stood for is added to `captures`, only if the name matches.
/// Time grows with the product of both lengths, no faster.
bool match_component(std::string_view pattern, std::string_view name,
                     std::vector<std::string>& captures);

/// Matches a whole path, component by component; wildcards never cross `/`.
/// Both absolute or both relative. The captures of all `*` in order, or
/// nothing where the path does not match.
std::optional<std::vector<std::string>> match_glob(std::string_view pattern,
                                                   std::string_view path);

/// The largest N of the `{N}` in `text`, N from 1 to 9; 0 where there is none.
std::size_t highest_capture(std::string_view text);

/// `text` with each `{N}` replaced by the Nth capture, N from 1 to 9. `{N}`
/// beyond the captures stays, and captures are not expanded again.
std::string expand_captures(std::string_view text,
                            const std::vector<std::string>& captures);

}  // namespace openclaw_lock
