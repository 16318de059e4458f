// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/net_tcp.h"

#include <algorithm>

#include "core/base/text.h"

namespace openclaw_lock {

std::set<std::uint64_t> parse_listening_inodes(std::string_view text) {
  constexpr std::size_t kState = 3;
  constexpr std::size_t kInode = 9;
  std::set<std::uint64_t> inodes;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto fields = split_blanks(line);
    if (fields.size() <= kInode || fields[kState] != "0A") continue;
    if (const auto inode = parse_integer<std::uint64_t>(fields[kInode]);
        inode && *inode != 0)
      inodes.insert(*inode);
  }
  return inodes;
}

}  // namespace openclaw_lock
