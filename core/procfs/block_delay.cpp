// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/block_delay.h"

#include "core/base/text.h"

namespace openclaw_lock {

std::optional<std::uint64_t> parse_block_delay_ticks(std::string_view text) {
  constexpr std::size_t kFirst = 3;  // number of the field after the command
  constexpr std::size_t kDelay = 42;
  const auto command_end = text.rfind(") ");
  if (command_end == std::string_view::npos) return {};
  auto tail = text.substr(command_end + 2);
  if (tail.ends_with('\n')) tail.remove_suffix(1);
  const auto fields = split_blanks(tail);
  if (fields.size() <= kDelay - kFirst) return {};
  return parse_integer<std::uint64_t>(fields[kDelay - kFirst]);
}

}  // namespace openclaw_lock
