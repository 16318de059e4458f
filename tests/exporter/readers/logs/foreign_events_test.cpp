// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/foreign_events.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

constexpr MonotonicTime kStart{1h};

std::vector<ForeignEvent> events(const std::string& dir, int count,
                                 std::uint64_t inode = 7) {
  std::vector<ForeignEvent> made(static_cast<std::size_t>(count));
  for (auto& event : made) {
    event.dir = dir;
    event.origin = {1, inode};
  }
  return made;
}

}  // namespace

TEST_CASE("ForeignEvents: are taken once, by the gateway that they are of") {
  ForeignEvents foreign;
  CHECK(foreign.put("a", events("/s/b", 2), kStart) == 0);
  CHECK(foreign.take({"/s/c"}, kStart + 1s).empty());
  CHECK(foreign.take({"/s/x", "/s/b"}, kStart + 1s).size() == 2);
  CHECK(foreign.take({"/s/b"}, kStart + 1s).empty());
}

TEST_CASE("ForeignEvents: what was put later waits") {
  ForeignEvents foreign;
  foreign.put("a", events("/s/b", 2), kStart);
  foreign.put("a", events("/s/b", 3), kStart + 1s);
  CHECK(foreign.take({"/s/b"}, kStart).empty());
  CHECK(foreign.take({"/s/b"}, kStart + 1s).size() == 2);
  CHECK(foreign.take({"/s/b"}, kStart + 2s).size() == 3);
}

TEST_CASE("ForeignEvents: of two that read one log the first is believed") {
  ForeignEvents foreign;
  foreign.put("a", events("/s/b", 1), kStart);
  foreign.put("c", events("/s/b", 1), kStart + 1s);
  foreign.put("c", events("/s/b", 1, 8), kStart + 1s);
  CHECK(foreign.take({"/s/b"}, kStart + 2s).size() == 2);
  foreign.put("c", events("/s/b", 1), kStart + ForeignEvents::kRest);
  CHECK(foreign.take({"/s/b"}, kStart + 1h).size() == 1);
  foreign.put("a", events("/s/b", 1), kStart + ForeignEvents::kRest + 1s);
  CHECK(foreign.take({"/s/b"}, kStart + 1h).empty());
}

TEST_CASE("ForeignEvents: a gateway that takes none costs no more and more") {
  ForeignEvents foreign;
  const int most = ForeignEvents::kMaxWaiting;
  CHECK(foreign.put("a", events("/s/b", most), kStart) == 0);
  CHECK(foreign.put("a", events("/s/b", 2), kStart) == 2);
  CHECK(foreign.put("a", events("/s/c", 1), kStart) == 0);
  CHECK(foreign.take({"/s/b"}, kStart + 1s).size() == most);
}

TEST_CASE("ForeignEvents: what nobody takes is forgotten") {
  ForeignEvents foreign;
  foreign.put("a", events("/s/b", 1), kStart);
  foreign.put("a", events("/s/c", 1), kStart + ForeignEvents::kMaxAge);
  CHECK(foreign.take({"/s/b"}, kStart + 1h).empty());
}
