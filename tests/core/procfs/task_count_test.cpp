// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/task_count.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

TEST_CASE("parse_task_count: all tasks and the last pid") {
  CHECK(parse_task_count("0.02 0.11 0.09 2/345 23776\n") ==
        TaskCount{345, 23776});
}

TEST_CASE("parse_task_count: another form tells nothing") {
  for (const std::string text :
       {"", "\n", "0.02 0.11 0.09 2/345", "0.02 0.11 0.09 345 23776",
        "0.02 0.11 0.09 2/x 23776", "0.02 0.11 0.09 2/345 x",
        "0.02 0.11 0.09 2/345 23776 1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_task_count(text));
  }
}
