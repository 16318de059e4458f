// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/errand_thread.h"

#include <doctest/doctest.h>

#include <atomic>
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

TEST_CASE("ErrandThread: who starts an errand does not wait for it") {
  ErrandThread thread;
  std::promise<void> gate;
  std::atomic<bool> done = false;
  thread.start([&] {
    gate.get_future().wait();
    done = true;
    throw std::runtime_error{"a test's"};
  });
  CHECK_FALSE(done);
  gate.set_value();
  CHECK(thread.run([&] { return done.load(); }));
}
