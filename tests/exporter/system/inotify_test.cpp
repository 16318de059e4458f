// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/inotify.h"

#include <doctest/doctest.h>

#include <fstream>
#include <vector>

using namespace openclaw_lock;

TEST_CASE("Inotify: half of a user's instances are left to others") {
  int limit = 0;
  std::ifstream{"/proc/sys/fs/inotify/max_user_instances"} >> limit;
  REQUIRE(limit > 1);
  std::vector<Inotify> taken;
  Result<Inotify> last = Inotify::create();
  for (; last; last = Inotify::create()) taken.push_back(*std::move(last));
  CHECK(static_cast<int>(taken.size()) <= limit / 2);
  CHECK(last.problem().fault == Fault::io);
  CHECK(last.problem().where == "inotify");
  REQUIRE_FALSE(taken.empty());
  taken.pop_back();
  CHECK(Inotify::create());
}
