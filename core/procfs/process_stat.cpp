// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/process_stat.h"

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

Problem malformed(std::string_view what) {
  return {Fault::malformed, "stat", "no valid " + std::string{what}};
}

}  // namespace

Result<ProcessStat> parse_process_stat(std::string_view text) {
  const auto open = text.find(" (");
  const auto close = text.rfind(") ");
  if (open == std::string_view::npos || close == std::string_view::npos ||
      close < open + 2)
    return malformed("command");

  ProcessStat stat;
  const auto pid = parse_integer<int>(text.substr(0, open));
  if (!pid || *pid < 1) return malformed("pid");
  stat.pid = *pid;
  stat.comm = text.substr(open + 2, close - open - 2);

  auto tail = text.substr(close + 2);
  if (!tail.empty() && tail.back() == '\n') tail.remove_suffix(1);
  const auto fields = split_blanks(tail);
  constexpr std::size_t kFirst = 3;  // number of the field at fields[0]
  if (fields.size() <= 22 - kFirst) return malformed("number of fields");
  const auto field = [&](std::size_t number) {
    return fields[number - kFirst];
  };

  const auto parent = parse_integer<int>(field(4));
  const auto flags = parse_integer<std::uint32_t>(field(9));
  const auto threads = parse_integer<std::int64_t>(field(20));
  const auto start = parse_integer<std::uint64_t>(field(22));
  if (field(3).size() != 1) return malformed("state");
  if (!parent || !flags || !threads || !start) return malformed("number");
  stat.state = field(3).front();
  stat.parent = *parent;
  stat.flags = *flags;
  stat.threads = *threads;
  stat.start_ticks = *start;
  return stat;
}

}  // namespace openclaw_lock
