// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/unified_cgroup.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

TEST_CASE("parse_unified_cgroup: the line of version 2") {
  CHECK(parse_unified_cgroup("0::/system.slice/openclaw.service\n") ==
        "/system.slice/openclaw.service");
  CHECK(parse_unified_cgroup("9:name=systemd:/\n8:pids:/x\n0::/\n") == "/");
  CHECK(parse_unified_cgroup("0::/../a:b c") == "/../a:b c");
}

TEST_CASE("parse_unified_cgroup: none where there is no such line") {
  for (const char* text :
       {"", "\n", "0::", "0::a\n", "10::/a\n", "0:x:/a\n", "4:memory:/a\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_unified_cgroup(text));
  }
}
