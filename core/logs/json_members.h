// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace openclaw_lock {

/// Names on the way to a JSON value are kept this deep.
inline constexpr std::size_t kJsonPathDepth = 3;

/// How deep a line may be nested; OpenClaw's records stay below 12.
inline constexpr std::size_t kMaxJsonDepth = 32;

/// Where a value stands. An element of an array has the empty name.
struct JsonPath {
  std::array<std::string_view, kJsonPathDepth> names;
  std::size_t depth = 0;  ///< 1 for a member of the outermost object

  bool is(std::string_view name) const {
    return depth == 1 && names[0] == name;
  }
  bool is(std::string_view first, std::string_view second) const {
    return depth == 2 && names[0] == first && names[1] == second;
  }
};

/// A value that is neither object nor array.
struct JsonValue {
  std::optional<std::string_view> text;  ///< of a string
  /// Of a number that is whole and within 0 to 2^53, in any notation.
  std::optional<std::int64_t> whole;
};

using JsonVisitor = std::function<void(const JsonPath&, const JsonValue&)>;

/// Shows each value of a line that holds one JSON object, in the order of the
/// text; no document is built. False where the line is not exactly that (also
/// for invalid UTF-8, a NUL byte, deeper nesting than kMaxJsonDepth): what was
/// shown until then is to be forgotten. Linear in the line's length.
bool visit_json_members(std::string_view line, const JsonVisitor& visit);

}  // namespace openclaw_lock
