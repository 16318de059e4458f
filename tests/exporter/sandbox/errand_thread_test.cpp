// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/errand_thread.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>

using namespace openclaw_lock;

TEST_CASE("ErrandThread: runs all errands on one thread that is not ours") {
  ErrandThread thread{"errands"};
  const auto first = thread.run([] { return std::this_thread::get_id(); });
  CHECK(first != std::this_thread::get_id());
  CHECK(thread.run([] { return std::this_thread::get_id(); }) == first);
}

TEST_CASE("ErrandThread: what an errand throws comes back") {
  ErrandThread thread{"errands"};
  CHECK_THROWS_AS(thread.run([] { throw std::runtime_error{"a test's"}; }),
                  std::runtime_error);
  CHECK(thread.run([] { return 1; }) == 1);
}

TEST_CASE("ErrandThread: who starts an errand does not wait for it") {
  ErrandThread thread{"errands"};
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

TEST_CASE("ErrandThread: what it does by itself, it does between errands") {
  std::atomic<int> rounds = 0;
  std::atomic<bool> often = false;
  std::promise<void> first;
  std::promise<void> tenth;
  ErrandThread thread{"errands",
                      [&]() -> std::optional<std::chrono::milliseconds> {
                        if (++rounds == 1) first.set_value();
                        if (rounds == 10) tenth.set_value();
                        if (!often) return {};
                        return std::chrono::milliseconds{1};
                      }};
  first.get_future().wait();
  CHECK(thread.run([&] {
    often = true;
    return rounds.load();
  }) == 1);
  tenth.get_future().wait();
  CHECK(thread.run([] { return 1; }) == 1);
}
