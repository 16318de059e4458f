// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/config_file.h"

#include <algorithm>
#include <exception>

#include "core/base/text.h"
#include "exporter/config/flags.h"
#include "exporter/config/gateway_settings.h"
#include "exporter/config/setting_values.h"
#include "exporter/config/yaml_reader.h"
#include "exporter/config/yaml_tree.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kLargestFile = 1U << 20U;
constexpr std::string_view kGateways = "gateways";

using Kind = YamlNode::Kind;
using Outcome = std::optional<Problem>;

/// The key of the file that sets `flag`, such as `web.telemetry_path`: a
/// section and a word.
std::string file_key(const Flag& flag) {
  std::string key{flag.name};
  std::ranges::replace(key, '-', '_');
  const auto dot = std::min(key.find('.'), key.size() - 1);
  std::replace(key.begin() + static_cast<std::ptrdiff_t>(dot) + 1, key.end(),
               '.', '_');
  return key;
}

/// Walks the tree and applies what it finds; the first problem ends it.
class ConfigReader {
 public:
  ConfigReader(const std::string& file_name, Settings& settings)
      : yaml_{file_name}, settings_{settings} {}

  Outcome read(const YamlNode& root) {
    std::vector<std::string> sections{std::string{kGateways}};
    for (const auto& flag : known_flags()) {
      const auto key = file_key(flag);
      auto section = key.substr(0, key.find('.'));
      if (flag.in_file && sections.back() != section)
        sections.push_back(std::move(section));
    }
    const auto entries = yaml_.read_map(root, "the file", sections);
    if (!entries) return entries.problem();
    for (const auto& [key, value] : *entries) {
      auto problem =
          key == kGateways ? read_gateways(*value) : read_section(key, *value);
      if (problem) return problem;
    }
    if (const auto problem = check_storage(settings_); problem && storage_)
      return yaml_.refuse(
          *storage_,
          describe_invalid("storage.path", storage_->text, problem->detail));
    return {};
  }

 private:
  Outcome read_section(std::string_view section, const YamlNode& node) {
    std::vector<std::string> keys;
    std::vector<const Flag*> flags;
    for (const auto& flag : known_flags()) {
      const auto key = file_key(flag);
      if (!flag.in_file || key.substr(0, key.find('.')) != section) continue;
      keys.push_back(key.substr(key.find('.') + 1));
      flags.push_back(&flag);
    }
    const auto entries = yaml_.read_map(node, section, keys);
    if (!entries) return entries.problem();
    for (const auto& [key, value] : *entries) {
      const auto at = std::ranges::find(keys, key) - keys.begin();
      if (auto problem =
              read_setting(*flags[static_cast<std::size_t>(at)], *value))
        return problem;
    }
    return {};
  }

  Outcome read_setting(const Flag& flag, const YamlNode& node) {
    if (!flag.is_repeatable()) return apply(flag, node);
    flag.clear(settings_);
    if (node.kind != Kind::list) return apply(flag, node);
    if (node.children.empty())
      return yaml_.refuse(node, file_key(flag) + " is an empty list");
    for (const auto& element : node.children)
      if (auto problem = apply(flag, element)) return problem;
    return {};
  }

  Outcome apply(const Flag& flag, const YamlNode& node) {
    if (node.kind == Kind::list || node.kind == Kind::map ||
        (flag.is_switch() && node.quoted))
      return yaml_.refuse_kind(node, file_key(flag),
                               flag.is_switch() ? "true or false" : flag.value);
    if (flag.name == "storage.path") storage_ = &node;
    const auto problem = flag.apply(settings_, node.text);
    if (!problem) return {};
    return yaml_.refuse(
        node, describe_invalid(file_key(flag), node.text, problem->detail));
  }

  Outcome read_gateways(const YamlNode& node) {
    settings_.gateways.clear();
    if (node.kind == Kind::null) return {};
    if (node.kind != Kind::list)
      return yaml_.refuse_kind(node, kGateways, "a list of gateways");
    for (const auto& element : node.children) {
      GatewaySettings gateway;
      if (auto problem = read_gateway(element, gateway)) return problem;
      if (auto problem = check_against(settings_.gateways, gateway))
        return yaml_.refuse(element, problem->detail);
      settings_.gateways.push_back(std::move(gateway));
    }
    return {};
  }

  Outcome read_gateway(const YamlNode& node, GatewaySettings& gateway) const {
    const auto entries = yaml_.read_map(
        node, "a gateway", {"name", "state_dir", "session_dirs", "logs"});
    if (!entries) return entries.problem();
    for (const auto& [key, value] : *entries) {
      auto problem = key == "name" ? read_name(*value, gateway)
                     : key == "state_dir"
                         ? read_path(*value, key, gateway.state_dir)
                     : key == "logs" ? read_logs(*value, gateway)
                                     : read_session_dirs(*value, gateway);
      if (problem) return problem;
    }
    if (gateway.state_dir.empty())
      return yaml_.refuse(node, "a gateway needs a state_dir");
    if (const auto problem = check_gateway(gateway))
      return yaml_.refuse(node, problem->detail);
    return {};
  }

  Outcome read_name(const YamlNode& node, GatewaySettings& gateway) const {
    if (node.kind == Kind::list || node.kind == Kind::map)
      return yaml_.refuse_kind(node, "name", "a single value");
    gateway.name = node.text;
    const auto problem = check_gateway_name(node.text);
    if (!problem) return {};
    return yaml_.refuse(node,
                        describe_invalid("name", node.text, problem->detail));
  }

  Outcome read_path(const YamlNode& node, std::string_view name,
                    std::string& path) const {
    if (node.kind == Kind::list || node.kind == Kind::map)
      return yaml_.refuse_kind(node, name, "a single path");
    auto parsed = parse_absolute_path(node.text);
    if (!parsed)
      return yaml_.refuse(
          node, describe_invalid(name, node.text, parsed.problem().detail));
    path = *std::move(parsed);
    return {};
  }

  Outcome read_session_dirs(const YamlNode& node,
                            GatewaySettings& gateway) const {
    if (node.kind == Kind::null) return {};
    if (node.kind != Kind::list)
      return yaml_.refuse_kind(node, "session_dirs", "a list of paths");
    for (const auto& element : node.children) {
      std::string path;
      if (auto problem = read_path(element, "session_dirs", path))
        return problem;
      gateway.session_dirs.push_back(std::move(path));
    }
    return {};
  }

  Outcome read_logs(const YamlNode& node, GatewaySettings& gateway) const {
    constexpr std::string_view kExpected = "path, journald:UNIT or -";
    if (node.kind == Kind::null) return {};
    if (node.kind != Kind::list)
      return yaml_.refuse_kind(node, "logs",
                               "a list, each " + std::string{kExpected});
    for (const auto& element : node.children) {
      if (element.kind == Kind::list || element.kind == Kind::map)
        return yaml_.refuse_kind(element, "logs", kExpected);
      auto source = parse_log_source(element.text);
      auto problem =
          source ? check_new(gateway.logs, *source) : Outcome{source.problem()};
      if (problem)
        return yaml_.refuse(
            element, describe_invalid("logs", element.text, problem->detail));
      gateway.logs.push_back(*std::move(source));
    }
    return {};
  }

  static Outcome check_new(const std::vector<std::string>& logs,
                           const std::string& source) {
    if (std::ranges::find(logs, source) == logs.end()) return {};
    return Problem{Fault::malformed, {}, "this log is given twice"};
  }

  YamlReader yaml_;
  Settings& settings_;
  const YamlNode* storage_ = nullptr;  ///< value of storage.path
};

}  // namespace

Result<Settings> apply_config(std::string_view yaml,
                              const std::string& file_name,
                              Settings settings) try {
  const auto name = to_label_text(file_name, 4096);
  const auto root = parse_yaml(yaml, name);
  if (!root) return root.problem();
  if (auto problem = ConfigReader{name, settings}.read(*root)) return *problem;
  return settings;
} catch (const std::exception& error) {
  return Problem{Fault::io, file_name, error.what()};
}

Result<Settings> apply_config_file(const std::filesystem::path& file,
                                   Settings settings) {
  const auto text = read_regular_file(file, kLargestFile);
  if (text) return apply_config(*text, file.native(), std::move(settings));
  auto problem = text.problem();
  problem.where = to_label_text(file.native(), 4096);
  return problem;
}

}  // namespace openclaw_lock
