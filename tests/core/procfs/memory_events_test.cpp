// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/memory_events.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

TEST_CASE("parse_oom_kills: of a group's memory.events") {
  CHECK(parse_oom_kills("low 0\nhigh 0\nmax 12\noom 4\noom_kill 3\n"
                        "oom_group_kill 1\n") == 3U);
  CHECK(parse_oom_kills("oom_kill 0") == 0U);
  CHECK_FALSE(parse_oom_kills("oom 4\n"));
  CHECK_FALSE(parse_oom_kills("oom_kill x\n"));
  CHECK_FALSE(parse_oom_kills(""));
}
