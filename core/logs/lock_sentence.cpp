// SPDX-License-Identifier: Apache-2.0
#include "core/logs/lock_sentence.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

constexpr std::string_view kSessionLocked = "session file locked (timeout ";
constexpr std::array<std::string_view, 2> kStoreSentences{
    "timeout acquiring session store lock: ",
    "timeout waiting for session store lock: "};
constexpr std::size_t kMaxErrorClasses = 4;
constexpr std::size_t kMaxPathBytes = 4096;
constexpr std::int64_t kMaxWait = INT64_C(1000) * 60 * 60 * 24 * 365;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The digits at the front, and takes them off.
template <typename Integer>
std::optional<Integer> cut_number(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto value = parse_integer<Integer>(text.substr(0, end));
  text.remove_prefix(end);
  return value;
}

/// Where an absolute path begins: `/`, `C:\` or `\\\\`, or `sqlite:`.
std::size_t find_path(std::string_view text) {
  const auto start = std::min(text.find('/'), text.find("sqlite:"));
  const auto drive = text.find(":\\");
  const auto windows =
      drive != std::string_view::npos && drive > 0 && is_letter(text[drive - 1])
          ? drive - 1
          : text.find("\\\\");
  return std::min(start, windows);
}

/// The path at the front: to the first ending that a lock or a store has.
std::string path_at(std::string_view text) {
  text = text.substr(0, kMaxPathBytes);
  for (auto end = text.find('.'); end != std::string_view::npos;
       end = text.find('.', end + 1)) {
    for (const std::string_view ending : {".lock", ".json"}) {
      if (!text.substr(end).starts_with(ending)) continue;
      const auto behind = text.substr(end + ending.size());
      if (behind.empty() || behind.find_first_of("\": |\r\n") == 0)
        return std::string{text.substr(0, end + ending.size())};
    }
  }
  const auto end = text.find_first_of("\" \r\n");
  return std::string{text.substr(0, end)};
}

std::optional<LockSentence> parse_session_locked(std::string_view text) {
  LockSentence sentence;
  if (const auto wait = cut_number<std::int64_t>(text);
      wait && *wait <= kMaxWait)
    sentence.wait = std::chrono::milliseconds{*wait};
  if (text.starts_with("Infinity")) text.remove_prefix(8);
  if (!text.starts_with("ms): ")) return {};
  text.remove_prefix(5);
  if (text.starts_with("pid=")) {
    text.remove_prefix(4);
    sentence.pid = cut_number<int>(text);
  }
  const auto path = find_path(text);
  if (path != std::string_view::npos)
    sentence.path = path_at(text.substr(path));
  return sentence;
}

}  // namespace

std::string_view without_error_classes(std::string_view error) {
  for (std::size_t i = 0; i < kMaxErrorClasses; ++i) {
    const auto end = static_cast<std::size_t>(
        std::find_if_not(error.begin(), error.end(), is_letter) -
        error.begin());
    if (!error.substr(0, end).ends_with("Error") ||
        !error.substr(end).starts_with(": "))
      return error;
    error.remove_prefix(end + 2);
  }
  return error;
}

std::optional<LockSentence> parse_lock_sentence(std::string_view error) {
  if (error.starts_with(kSessionLocked))
    return parse_session_locked(error.substr(kSessionLocked.size()));
  for (const auto start : kStoreSentences)
    if (error.starts_with(start))
      return LockSentence{{}, {}, path_at(error.substr(start.size())), true};
  return {};
}

std::string_view file_name_of(std::string_view path) {
  return path.substr(path.find_last_of("/\\") + 1);
}

std::string agent_of_path(std::string_view given) {
  constexpr std::string_view kAgents = "/agents/";
  std::string path{given};
  if (find_path(path) == 0 && !path.starts_with('/'))
    std::ranges::replace(path, '\\', '/');
  for (const std::string_view below : {"/sessions/", "/agent/"}) {
    const auto end = path.rfind(below);
    if (end == std::string_view::npos || end == 0) continue;
    const auto slash = path.rfind('/', end - 1);
    if (slash == std::string_view::npos || slash + 1 == end) continue;
    if (path.substr(0, slash + 1).ends_with(kAgents))
      return path.substr(slash + 1, end - slash - 1);
  }
  return {};
}

std::string agent_of_lane(std::string_view lane) {
  constexpr std::string_view kStart = "session:agent:";
  if (!lane.starts_with(kStart)) return {};
  lane.remove_prefix(kStart.size());
  return std::string{lane.substr(0, lane.find(':'))};
}

}  // namespace openclaw_lock
