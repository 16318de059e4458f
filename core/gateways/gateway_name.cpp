// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/gateway_name.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/text.h"
#include "core/gateways/glob_capture.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kLongestName = 128;
constexpr std::string_view kNameOfRoot = "gateway";
constexpr std::array<std::string_view, 4> kGenericNames{"config", "data",
                                                        "home", "state"};

bool is_generic(std::string_view word) {
  return std::ranges::find(kGenericNames, word) != kGenericNames.end();
}

/// Components of the path as parts of a name; those of dots alone fall away.
std::vector<std::string> name_parts(std::string_view state_dir) {
  std::vector<std::string> parts;
  for (const auto& component : split_path(state_dir)) {
    const auto begin = component.find_first_not_of('.');
    if (begin == std::string::npos) continue;
    parts.push_back(to_label_text(component.substr(begin), kLongestName));
  }
  return parts;
}

std::string number_name(const std::string& name,
                        const std::set<std::string>& taken) {
  for (std::size_t number = 2;; ++number) {
    const auto suffix = '-' + std::to_string(number);
    auto numbered = to_label_text(name, kLongestName - suffix.size()) + suffix;
    if (!taken.contains(numbered)) return numbered;
  }
}

}  // namespace

std::string choose_gateway_name(std::string_view state_dir,
                                const std::set<std::string>& taken) {
  auto parts = name_parts(state_dir);
  if (parts.empty()) parts.emplace_back(kNameOfRoot);
  std::string name = parts.back();
  const auto put_parent_in_front = [&] {
    parts.pop_back();
    name = to_label_text(parts.back() + '-' + name, kLongestName);
  };
  while (is_generic(parts.back()) && parts.size() > 1) put_parent_in_front();
  const std::string shortest = name;
  while (taken.contains(name) && parts.size() > 1) put_parent_in_front();
  return taken.contains(name) ? number_name(shortest, taken) : name;
}

}  // namespace openclaw_lock
