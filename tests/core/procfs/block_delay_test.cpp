// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/block_delay.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

TEST_CASE("parse_block_delay_ticks: field 42, whatever the command") {
  CHECK(parse_block_delay_ticks(
            "25322 (a) b) S 1 25322 25322 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 11 "
            "0 226430 1464709120 19600 18446744073709551615 1 1 0 0 0 0 0 4096 "
            "17 0 0 0 17 1 0 0 33 0 0 1 2 3 4 5 6 7 0\n") == 33);
}

TEST_CASE("parse_block_delay_ticks: a text of another form has none") {
  for (const char* text :
       {"", "7", "7 (a) ", "7 (a) S 1 1 1 0 -1 4194560 1 2 3 4 5 6\n",
        "7 (a) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 "
        "26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 -42 43\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_block_delay_ticks(text));
  }
  CHECK(parse_block_delay_ticks(
            "7 (a) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 "
            "25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42\n") == 42);
}
