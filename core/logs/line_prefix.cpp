// SPDX-License-Identifier: Apache-2.0
#include "core/logs/line_prefix.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/base/wall_time.h"
#include "core/logs/plain_text.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxPrefix = 160;

/// `0` stands for a digit, `a` for a letter, `_` for a digit or a blank.
bool has_form(std::string_view text, std::string_view form) {
  if (text.size() < form.size()) return false;
  return std::equal(form.begin(), form.end(), text.begin(),
                    [](char wanted, char c) {
                      const bool digit = c >= '0' && c <= '9';
                      if (wanted == '0') return digit;
                      if (wanted == '_') return digit || c == ' ';
                      if (wanted == 'a')
                        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                      return wanted == c;
                    });
}

/// What follows one blank behind the next word.
std::optional<std::string_view> behind_word(std::string_view text) {
  const auto blank = text.find(' ');
  if (blank == 0 || blank == std::string_view::npos) return {};
  return text.substr(blank + 1);
}

/// Behind `host name[123]: `.
std::optional<std::string_view> behind_tag(std::string_view text) {
  const auto rest = behind_word(text);
  const auto end = rest ? rest->find(": ") : std::string_view::npos;
  if (end == std::string_view::npos ||
      rest->substr(0, end).find(' ') != rest->npos)
    return {};
  return rest->substr(end + 2);
}

/// ISO 8601, also with a zone without colon.
bool is_time(std::string_view word) {
  constexpr std::size_t kZone = 5;  // +0000
  if (parse_iso8601(word)) return true;
  if (word.size() <= kZone ||
      (word[word.size() - kZone] != '+' && word[word.size() - kZone] != '-'))
    return false;
  std::string with_colon{word};
  with_colon.insert(with_colon.size() - 2, 1, ':');
  return parse_iso8601(with_colon).has_value();
}

/// Behind `<30>`.
std::optional<std::string_view> behind_priority(std::string_view line) {
  constexpr std::size_t kMaxDigits = 3;
  if (!line.starts_with('<')) return {};
  const auto end = line.find_first_not_of("0123456789", 1);
  if (end == std::string_view::npos || line[end] != '>' || end < 2 ||
      end > 1 + kMaxDigits)
    return {};
  return line.substr(end + 1);
}

std::optional<std::string_view> behind_syslog(std::string_view line) {
  constexpr std::string_view kForm = "aaa _0 00:00:00 ";
  const auto rest = behind_priority(line).value_or(line);
  if (!has_form(rest, kForm)) return {};
  return behind_tag(rest.substr(kForm.size()));
}

/// Behind `<30>1 TIME host app pid msgid - `, or `[id name="value"] ` for the
/// last dash.
std::optional<std::string_view> behind_rfc5424(std::string_view line) {
  constexpr int kWords = 4;
  auto rest = behind_priority(line);
  if (!rest || !rest->starts_with("1 ")) return {};
  rest = rest->substr(2);
  if (!is_time(rest->substr(0, rest->find(' ')))) return {};
  rest = behind_word(*rest);
  for (int word = 0; rest && word < kWords; ++word) rest = behind_word(*rest);
  if (!rest) return {};
  const bool has_data = rest->starts_with('[');
  const auto end = has_data ? rest->find("] ") : rest->find("- ");
  if (end == std::string_view::npos || (!has_data && end != 0)) return {};
  auto text = rest->substr(end + 2);
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

/// `TIME host name[123]: ` or `TIME app[web.1]: `, which is no `TIME [name] `.
std::optional<std::string_view> behind_iso_tag(std::string_view line) {
  const auto rest = behind_word(line);
  if (!rest || rest->starts_with('[') ||
      !is_time(line.substr(0, line.find(' '))))
    return {};
  const auto word = rest->substr(0, rest->find(' '));
  return word.ends_with(':') ? behind_word(*rest) : behind_tag(*rest);
}

/// `TIME app[e286de4] ams [info]`, as fly.io has it.
std::optional<std::string_view> behind_app(std::string_view line) {
  const auto rest = behind_word(line);
  if (!rest || !rest->starts_with("app[") ||
      !is_time(line.substr(0, line.find(' '))))
    return {};
  const auto region = behind_word(*rest);
  const auto level = region ? behind_word(*region) : std::nullopt;
  if (!level || !level->starts_with('[')) return {};
  const auto end = level->find(']');
  if (end == std::string_view::npos) return {};
  auto text = level->substr(end + 1);
  // More blanks are the line's own.
  if (text.starts_with(' ') && !text.starts_with("  ")) text.remove_prefix(1);
  return text;
}

/// `[pod/openclaw-0/gateway] `, of `kubectl logs --prefix`.
std::optional<std::string_view> behind_pod(std::string_view line) {
  if (!line.starts_with("[pod/")) return {};
  const auto end = line.find("] ");
  if (end == std::string_view::npos) return {};
  return line.substr(end + 2);
}

std::optional<std::string_view> behind_pm2(std::string_view line) {
  for (const std::string_view form :
       {"0000-00-00T00:00:00: ", "0000-00-00 00:00:00: ",
        "0000-00-00 00:00:00 +00:00: ", "0000-00-00 00:00:00 -00:00: ",
        "0000-00-00 00:00 +00:00: ", "0000-00-00 00:00 -00:00: "})
    if (has_form(line, form)) return line.substr(form.size());
  return {};
}

/// `name  | `, where the name has no blank.
std::optional<std::string_view> behind_bar(std::string_view line) {
  const auto name = line.substr(0, line.find(' '));
  const auto bar = line.substr(0, kMaxPrefix).find('|', name.size());
  if (name.empty() || name.size() == line.size() || name[0] == '{' ||
      bar == std::string_view::npos)
    return {};
  const auto blanks = line.substr(name.size(), bar - name.size());
  const auto rest = behind_colours(line.substr(bar + 1));
  if (blanks.find_first_not_of(' ') != std::string_view::npos ||
      !rest.starts_with(' '))
    return {};
  return rest.substr(1);
}

bool begins_with_time(std::string_view text) {
  return parse_iso8601(text.substr(0, text.find(' '))).has_value();
}

bool begins_as_gateway(std::string_view text) {
  const auto plain = behind_colours(text);
  return plain.starts_with(R"({")") || begins_with_time(plain) ||
         has_form(plain, "00:00:00 ") || has_form(plain, "00:00:00\x1b");
}

/// `TIME `, `TIME group/stream `, `TIME {} ` or `TIME {app="openclaw"} `.
std::optional<std::string_view> behind_time(std::string_view line) {
  if (!begins_with_time(line)) return {};
  const auto rest = behind_word(line);
  if (!rest || begins_as_gateway(*rest)) return rest;
  const bool has_labels = rest->starts_with('{');
  const auto end = has_labels ? rest->find("} ") : rest->find(' ');
  if (end == std::string_view::npos || rest->starts_with('[')) return {};
  const auto text = rest->substr(end + (has_labels ? 2 : 1));
  if (!begins_as_gateway(text)) return {};
  return text;
}

}  // namespace

std::size_t line_prefix(std::string_view line) {
  constexpr int kMostWriters = 3;
  auto rest = line;
  for (int writer = 0; writer < kMostWriters; ++writer) {
    const auto before = rest.size();
    const auto plain = behind_colours(rest);
    for (const auto behind :
         {behind_syslog, behind_rfc5424, behind_iso_tag, behind_app, behind_pod,
          behind_pm2, behind_bar, behind_time})
      if (const auto found = behind(plain)) {
        rest = *found;
        break;
      }
    if (rest.size() == before) break;
  }
  if (rest.size() < line.size()) rest = behind_colours(rest);
  const auto size = line.size() - rest.size();
  return size <= kMaxPrefix ? size : 0;
}

}  // namespace openclaw_lock
