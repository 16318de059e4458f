// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/net_tcp.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

TEST_CASE("parse_listening_inodes: only those that listen") {
  const std::string text =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
      "retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:4A38 00000000:0000 0A 00000000:00000000 00:00000000 "
      "00000000     0        0 162984 1 0000000000000000 100 0 0 10 0\n"
      "   1: 0100007F:4A38 0100007F:C2A8 01 00000000:00000000 00:00000000 "
      "00000000     0        0 172886 1 0000000000000000 20 4 30 10 -1\n"
      "   2: 00000000000000000000000001000000:4A38 "
      "00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 "
      "00000000  1000        0 162985 1 0000000000000000 100 0 0 10 0\n";
  CHECK(parse_listening_inodes(text) ==
        std::set<std::uint64_t>{162984, 162985});
}

TEST_CASE("parse_listening_inodes: anything else is left out") {
  CHECK(parse_listening_inodes("").empty());
  CHECK(parse_listening_inodes("\n\n0A 0A 0A 0A\n").empty());
  CHECK(parse_listening_inodes("0: a b 0A c d e f g x\n").empty());
  CHECK(parse_listening_inodes("0: a b 0A c d e f g 0\n").empty());
  CHECK(parse_listening_inodes("0: a b 0A c d e f g 5") ==
        std::set<std::uint64_t>{5});
}
