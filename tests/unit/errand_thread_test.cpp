// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/errand_thread.h"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace openclaw_lock;

TEST_CASE("ErrandThread: runs all errands on one thread that is not ours") {
  ErrandThread thread;
  const auto first = thread.run([] { return std::this_thread::get_id(); });
  CHECK(first != std::this_thread::get_id());
  CHECK(thread.run([] { return std::this_thread::get_id(); }) == first);
}

TEST_CASE("ErrandThread: what an errand throws comes back") {
  ErrandThread thread;
  CHECK_THROWS_AS(thread.run([] { throw std::runtime_error{"a test's"}; }),
                  std::runtime_error);
  CHECK(thread.run([] { return 1; }) == 1);
}
