// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/glob_capture.h"

#include <algorithm>

namespace openclaw_lock {
namespace {

/// Index after the character at `at`, continuation bytes taken along.
std::size_t next_character(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) break;
  return at;
}

/// One `*` of a pattern under way: what it stands for so far, and where the
/// pattern goes on.
struct Star {
  std::size_t after;
  std::size_t begin;
  std::size_t end;
};

/// Only the last star is ever tried again: what came before it has matched as
/// early as it can, so more of an earlier star could only leave less for it.
std::optional<std::vector<Star>> match_stars(std::string_view pattern,
                                             std::string_view name) {
  std::vector<Star> stars;
  std::size_t p = 0;
  std::size_t n = 0;
  while (n < name.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      stars.push_back({++p, n, n});
    } else if (p < pattern.size() && n < name.size() && pattern[p] == '?') {
      ++p;
      n = next_character(name, n);
    } else if (p < pattern.size() && n < name.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (!stars.empty() && stars.back().end < name.size()) {
      auto& star = stars.back();
      star.end = next_character(name, star.end);
      p = star.after;
      n = star.end;
    } else {
      return {};
    }
  }
  return stars;
}

/// N of a `{N}` at the front of `text`, 0 where there is none.
std::size_t capture_at_front(std::string_view text) {
  const bool is_capture = text.size() >= 3 && text[0] == '{' &&
                          text[1] >= '1' && text[1] <= '9' && text[2] == '}';
  return is_capture ? static_cast<std::size_t>(text[1] - '0') : 0;
}

}  // namespace

bool is_glob(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> components;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    if (end > 0) components.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return components;
}

bool match_component(std::string_view pattern, std::string_view name,
                     std::vector<std::string>& captures) {
  if (name == "." || name == "..") return pattern == name;
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  const auto stars = match_stars(pattern, name);
  if (!stars) return false;
  for (const auto& star : *stars)
    captures.emplace_back(name.substr(star.begin, star.end - star.begin));
  return true;
}

std::optional<std::vector<std::string>> match_glob(std::string_view pattern,
                                                   std::string_view path) {
  if (pattern.starts_with('/') != path.starts_with('/')) return {};
  const auto patterns = split_path(pattern);
  const auto names = split_path(path);
  if (patterns.size() != names.size()) return {};
  std::vector<std::string> captures;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!match_component(patterns[i], names[i], captures)) return {};
  return captures;
}

std::size_t highest_capture(std::string_view text) {
  std::size_t highest = 0;
  for (; !text.empty(); text.remove_prefix(1))
    highest = std::max(highest, capture_at_front(text));
  return highest;
}

std::string expand_captures(std::string_view text,
                            const std::vector<std::string>& captures) {
  std::string expanded;
  while (!text.empty()) {
    const auto capture = capture_at_front(text);
    const bool known = capture > 0 && capture <= captures.size();
    if (known)
      expanded += captures[capture - 1];
    else
      expanded += text.front();
    text.remove_prefix(known ? 3 : 1);
  }
  return expanded;
}

}  // namespace openclaw_lock
