// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

/// How deep a text may be nested; an openclaw.json stays below 12.
inline constexpr std::size_t kMaxJson5Depth = 64;

/// How many values of one text are kept.
inline constexpr std::size_t kMaxJson5Values = 1024;

/// A value of a JSON5 text, with those of its members that are wanted.
struct Json5Value {
  enum class Kind { other, text, list, object };

  Kind kind = Kind::other;  ///< other: null, true, false or a number
  std::string text;         ///< of a string
  std::vector<Json5Value> elements;
  std::vector<std::pair<std::string, Json5Value>> members;  ///< each name once

  /// Null: it has no such member, or is no object.
  const Json5Value* find(std::string_view name) const;
  Json5Value* find(std::string_view name);

  bool operator==(const Json5Value&) const = default;
};

/// Whether a member is wanted, by the names that lead to it; what an element of
/// an array holds has the names of the array. What is not wanted is checked and
/// passed over.
using Json5Filter = std::function<bool(const std::vector<std::string>& names)>;

/// Reads a text as npm's json5 2.2 does, which OpenClaw uses (spec.json5.org):
/// comments, commas behind the last element, names without quotes, strings in
/// either quote. Of two members of one name the later counts. A half of a
/// surrogate pair alone becomes U+FFFD. More lenient in one thing: a name may
/// hold any character beyond ASCII that is no blank.
///
/// malformed: not JSON5, or nested deeper than kMaxJson5Depth; too_big: more
/// than kMaxJson5Values are wanted. The detail is `line N: reason` and has
/// nothing of the text.
Result<Json5Value> parse_json5(std::string_view text,
                               const Json5Filter& wanted);

}  // namespace openclaw_lock
