// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/yaml_reader.h"

#include <algorithm>
#include <set>

#include "exporter/config/setting_values.h"

namespace openclaw_lock {
namespace {

std::string name_kind(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a single value";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
  }
  return {};
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Problem YamlReader::refuse(const YamlNode& node, std::string detail) const {
  return {Fault::malformed, file_name_ + ':' + std::to_string(node.line),
          std::move(detail)};
}

Problem YamlReader::refuse_kind(const YamlNode& node, std::string_view name,
                                std::string_view expected) const {
  return refuse(node, std::string{name} + " is " + name_kind(node.kind) +
                          ", expected " + std::string{expected});
}

Result<std::vector<YamlReader::Entry>> YamlReader::read_map(
    const YamlNode& node, std::string_view name,
    const std::vector<std::string>& expected) const {
  if (node.kind != YamlNode::Kind::null && node.kind != YamlNode::Kind::map)
    return refuse_kind(node, name, "a map with the keys " + join(expected));
  return read_entries(node, name, &expected);
}

Result<std::vector<YamlReader::Entry>> YamlReader::read_map(
    const YamlNode& node, std::string_view name) const {
  if (node.kind != YamlNode::Kind::null && node.kind != YamlNode::Kind::map)
    return refuse_kind(node, name, "a map");
  return read_entries(node, name, nullptr);
}

Result<std::vector<YamlReader::Entry>> YamlReader::read_entries(
    const YamlNode& node, std::string_view name,
    const std::vector<std::string>* expected) const {
  std::vector<Entry> entries;
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    const auto& key = node.children[i];
    if (key.kind != YamlNode::Kind::scalar)
      return refuse_kind(key, "a key", "a word");
    if (expected != nullptr &&
        std::ranges::find(*expected, key.text) == expected->end())
      return refuse(key, "unknown key " + quote(key.text) + " in " +
                             std::string{name} +
                             " (expected: " + join(*expected) + ')');
    if (!seen.insert(key.text).second)
      return refuse(key, "key " + quote(key.text) + " is given twice");
    entries.push_back({key.text, &node.children[i + 1]});
  }
  return entries;
}

}  // namespace openclaw_lock
