// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "exporter/config/yaml_tree.h"

namespace openclaw_lock {

/// What the readers of a configuration need of its tree, with problems that
/// say `FILE:LINE`.
class YamlReader {
 public:
  /// One key of a map, valid as long as the tree.
  struct Entry {
    std::string_view key;
    const YamlNode* value;
  };

  explicit YamlReader(std::string file_name)
      : file_name_{std::move(file_name)} {}

  Problem refuse(const YamlNode& node, std::string detail) const;

  /// `NAME is a list, expected EXPECTED`.
  Problem refuse_kind(const YamlNode& node, std::string_view name,
                      std::string_view expected) const;

  /// Entries of a map whose keys are all of `expected` and all different.
  /// Nothing, as after a key with all below it commented out, is no entries.
  Result<std::vector<Entry>> read_map(
      const YamlNode& node, std::string_view name,
      const std::vector<std::string>& expected) const;

  /// The same for a map with keys of the user's choice.
  Result<std::vector<Entry>> read_map(const YamlNode& node,
                                      std::string_view name) const;

 private:
  Result<std::vector<Entry>> read_entries(
      const YamlNode& node, std::string_view name,
      const std::vector<std::string>* expected) const;

  std::string file_name_;
};

}  // namespace openclaw_lock
