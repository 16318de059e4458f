// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/openclaw_version.h"

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

/// Of the first member with this name in quotation marks.
std::string_view string_member(std::string_view json, std::string_view name) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto at = json.find(name);
  if (at == std::string_view::npos) return {};
  json.remove_prefix(at + name.size());
  for (const char wanted : {':', '"'}) {
    json.remove_prefix(std::min(json.find_first_not_of(kBlanks), json.size()));
    if (!json.starts_with(wanted)) return {};
    json.remove_prefix(1);
  }
  return json.substr(0, json.find('"'));
}

}  // namespace

std::optional<OpenclawVersion> parse_openclaw_version(std::string_view text) {
  OpenclawVersion version{};
  for (auto& number : version) {
    const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
    const auto parsed = parse_integer<int>(digits);
    if (!parsed) return {};
    number = *parsed;
    text.remove_prefix(digits.size());
    if (&number != &version.back()) {
      if (!text.starts_with('.')) return {};
      text.remove_prefix(1);
    }
  }
  return version;
}

std::string package_version(std::string_view package) {
  const auto name = string_member(package, "\"name\"");
  if (name != "openclaw" && name != "clawdbot" && name != "moltbot") return {};
  return std::string{string_member(package, "\"version\"")};
}

bool is_newer_than_tried(std::string_view version) {
  const auto parsed = parse_openclaw_version(version);
  return parsed && *parsed > kNewestTried;
}

}  // namespace openclaw_lock
