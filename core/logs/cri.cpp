// SPDX-License-Identifier: Apache-2.0
#include "core/logs/cri.h"

#include <algorithm>
#include <utility>

namespace openclaw_lock {
namespace {

/// Cuts a word and the one blank behind it off the front.
std::string_view cut_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

}  // namespace

Result<std::optional<ConsoleLine>> CriDecoder::decode(std::string_view line) {
  if (line.size() > kMaxLogLineBytes)
    return Problem{Fault::too_big, "log", "longer than 1 MiB"};
  ConsoleLine whole;
  whole.arrived_at = parse_iso8601(cut_word(line));
  whole.stream = parse_stream(cut_word(line));
  const auto tags = cut_word(line);
  const auto tag = tags.substr(0, tags.find(':'));
  if (!whole.arrived_at || whole.stream == ConsoleStream::unknown ||
      (tag != "F" && tag != "P"))
    return Problem{Fault::malformed, "log", "not a CRI line"};
  const bool is_error = whole.stream == ConsoleStream::err;
  auto joined = (is_error ? err_ : out_).add(line, tag == "F");
  if (!joined) return std::optional<ConsoleLine>{};
  whole.text = std::move(*joined);
  return std::optional{std::move(whole)};
}

}  // namespace openclaw_lock
