// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/session_store_era.h"

#include <algorithm>

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxVersion = 32;

bool is_version_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
         (c >= 'a' && c <= 'z') || c == '.' || c == '-';
}

void skip(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

}  // namespace

Store judge_store(const StoreTraces& traces) {
  if (traces.owner_lock) return Store::sqlite;
  if (traces.lease_lock) return Store::sqlite_lease;
  const auto& sqlite = traces.sqlite_gateway_at;
  const auto& jsonl = traces.session_store_at;
  if (sqlite && (!jsonl || *jsonl <= *sqlite)) return Store::sqlite;
  return jsonl ? Store::jsonl : Store::unknown;
}

std::string last_touched_version(std::string_view config) {
  constexpr std::string_view kKey = "lastTouchedVersion";
  const auto at = config.find(kKey);
  if (at == std::string_view::npos) return {};
  config.remove_prefix(at + kKey.size());
  skip(config, "\"' \t\r\n");
  if (!config.starts_with(':')) return {};
  config.remove_prefix(1);
  skip(config, " \t\r\n");
  if (config.empty() || (config[0] != '"' && config[0] != '\'')) return {};
  const auto end = config.find(config[0], 1);
  if (end == std::string_view::npos || end - 1 > kMaxVersion) return {};
  const auto version = config.substr(1, end - 1);
  return std::ranges::all_of(version, is_version_character)
             ? std::string{version}
             : std::string{};
}

}  // namespace openclaw_lock
