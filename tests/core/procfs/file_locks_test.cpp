// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/file_locks.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

TEST_CASE("parse_file_locks: a real table while a database is held") {
  const std::string text =
      "1: POSIX  ADVISORY  WRITE 1405 fe:00:13803567 120 120\n"
      "2: POSIX  ADVISORY  READ 1405 fe:00:13803567 124 124\n"
      "3: POSIX  ADVISORY  WRITE 26564 fe:00:12061604 1073741824 1073742335\n"
      "4: FLOCK  ADVISORY  WRITE 600 00:1a:1027 0 EOF\n"
      "5: POSIX  ADVISORY  WRITE 700 103:02:9 0 EOF\n"
      "5: -> POSIX  ADVISORY  WRITE 701 103:02:9 0 EOF\n";
  const auto locks = parse_file_locks(text);
  REQUIRE(locks.size() == 4);
  CHECK(locks[0] == FileLock{1405, 0xfe, 0, 13803567, 120, 120, true});
  CHECK(locks[1] == FileLock{1405, 0xfe, 0, 13803567, 124, 124, false});
  CHECK(locks[3] == FileLock{700, 0x103, 2, 9, 0, UINT64_MAX, true});
  CHECK(is_wal_write_lock(locks[0]));
  CHECK_FALSE(is_wal_write_lock(locks[1]));
  CHECK_FALSE(is_wal_write_lock(locks[2]));
  CHECK(is_wal_write_lock(locks[3]));
}

TEST_CASE("parse_file_locks: anything else is left out") {
  for (const std::string line :
       {"", "\n", "1: POSIX  ADVISORY  WRITE",
        "1: POSIX  ADVISORY  WRITE 0 fe:00:1 120 120",
        "1: POSIX  ADVISORY  WRITE -1 fe:00:1 120 120",
        "1: POSIX  ADVISORY  WRITE x fe:00:1 120 120",
        "1: POSIX  ADVISORY  WRITE 7 fe:1 120 120",
        "1: POSIX  ADVISORY  WRITE 7 fe:00:x 120 120",
        "1: POSIX  ADVISORY  WRITE 7 zz:00:1 120 120",
        "1: POSIX  ADVISORY  WRITE 7 fe:00:1 EOF 120",
        "1: POSIX  ADVISORY  WRITE 7 fe:00:1 120 x",
        "1: POSIX  ADVISORY  WRITE 7 fe:00:1 120 119"}) {
    CAPTURE(line);
    CHECK(parse_file_locks(line).empty());
  }
}
