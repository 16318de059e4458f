// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/wal_writers.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::chrono_literals;

TEST_CASE("WalWriters: the same process, from look to look") {
  WalWriters writers;
  CHECK(writers.held(5) == 0ms);
  const MonotonicTime start{100s};
  writers.look({{5, 7}}, start);
  CHECK(writers.held(5) == 0ms);
  writers.look({{5, 7}}, start + 5s);
  writers.look({{5, 7}, {6, 7}}, start + 12s);
  CHECK(writers.held(5) == 12s);
  CHECK(writers.held(6) == 0ms);
  writers.look({{6, 7}}, start + 15s);
  CHECK(writers.held(5) == 0ms);
  CHECK(writers.held(6) == 3s);
}

TEST_CASE("WalWriters: another process begins anew") {
  WalWriters writers;
  const MonotonicTime start{100s};
  writers.look({{5, 7}}, start);
  writers.look({{5, 8}}, start + 5s);
  CHECK(writers.held(5) == 0ms);
  writers.look({{5, 8}}, start + 6s);
  CHECK(writers.held(5) == 1s);
}
