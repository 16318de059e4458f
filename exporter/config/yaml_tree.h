// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

/// One value of a YAML text.
struct YamlNode {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  std::string text;     ///< of a scalar
  bool quoted = false;  ///< a scalar in quotes or a block, never a switch
  int line = 1;         ///< where it begins, from 1
  /// Elements of a list; of a map its keys, each followed by its value.
  std::vector<YamlNode> children;
};

/// Reads a text of one YAML document; no document is a null.
///
/// Only what a configuration needs, so that no text can cost much: at most
/// 1 MiB, 20,000 values and 32 levels; no anchors, aliases, tags, NUL bytes or
/// second document. Problems say `FILE:LINE`, or `FILE` without a line.
Result<YamlNode> parse_yaml(std::string_view text,
                            const std::string& file_name);

}  // namespace openclaw_lock
