// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/engine/worker_pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

#include "tests/support/captured_stderr.h"
#include "tests/support/eventually.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<WorkerPool> started(std::size_t most,
                                    std::chrono::milliseconds idle) {
  auto pool = WorkerPool::start(most, idle);
  REQUIRE(pool);
  return *std::move(pool);
}

/// Waits until a worker is free, and has it run the task once.
bool offered(WorkerPool& pool, const WorkerPool::Task& task) {
  bool taken = false;
  return eventually([&] { return taken = taken || pool.offer(task); });
}

/// Holds the workers that run its task.
class Barrier {
 public:
  WorkerPool::Task task() {
    return [this, gate = opened_] {
      ++running;
      gate.wait();
    };
  }
  void open() { gate_.set_value(); }

  std::atomic<int> running = 0;

 private:
  std::promise<void> gate_;
  std::shared_future<void> opened_ = gate_.get_future().share();
};

}  // namespace

TEST_CASE("WorkerPool: requests one after the other take one worker") {
  const auto pool = started(8, 1h);
  for (int i = 0; i < 100; ++i) {
    std::promise<void> done;
    // The worker of the last one may not wait again yet.
    REQUIRE(eventually([&] { return pool->idle() > 0; }));
    REQUIRE(pool->offer([&] { done.set_value(); }));
    done.get_future().wait();
  }
  CHECK(pool->workers() == 1);
}

TEST_CASE("WorkerPool: grows with what is under way, up to its limit") {
  Barrier barrier;
  const auto pool = started(3, 1h);
  CHECK(pool->workers() == 1);
  for (int i = 0; i < 3; ++i) REQUIRE(pool->offer(barrier.task()));
  CHECK_FALSE(pool->offer([] {}));
  CHECK(pool->workers() == 3);
  CHECK(eventually([&] { return barrier.running == 3; }));
  barrier.open();
  CHECK(offered(*pool, [] {}));
}

TEST_CASE("WorkerPool: shrinks to the last one, who goes on answering") {
  Barrier barrier;
  const auto pool = started(8, 1ms);
  for (int i = 0; i < 5; ++i) REQUIRE(pool->offer(barrier.task()));
  barrier.open();
  CHECK(eventually([&] { return pool->workers() == 1; }));
  std::promise<void> done;
  REQUIRE(offered(*pool, [&] { done.set_value(); }));
  done.get_future().wait();
}

TEST_CASE("WorkerPool: what a task throws ends neither worker nor pool") {
  CapturedStderr quiet;
  const auto pool = started(1, 1h);
  REQUIRE(eventually([&] { return pool->idle() > 0; }));
  REQUIRE(pool->offer([] { throw std::runtime_error{"broken"}; }));
  std::promise<void> done;
  CHECK(offered(*pool, [&] { done.set_value(); }));
  done.get_future().wait();
}

TEST_CASE("WorkerPool: its end waits for what was taken") {
  std::atomic<int> done = 0;
  {
    const auto pool = started(4, 1h);
    for (int i = 0; i < 4; ++i) REQUIRE(pool->offer([&] { ++done; }));
  }
  CHECK(done == 4);
}
