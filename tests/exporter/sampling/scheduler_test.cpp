// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/scheduler.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>

#include "exporter/system/clock.h"
#include "exporter/system/unique_fd.h"
#include "tests/support/captured_stderr.h"
#include "tests/support/eventually.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

/// A task that does what a test says, and is never due by itself.
class Job : public Task {
 public:
  explicit Job(std::function<void()> body,
               std::chrono::milliseconds patience = 1h)
      : body_{std::move(body)}, patience_{patience} {}

  std::string name() const override { return "job"; }
  std::chrono::milliseconds patience() const override { return patience_; }
  MonotonicTime run(MonotonicTime now) override {
    body_();
    return now + 1h;
  }

 private:
  std::function<void()> body_;
  std::chrono::milliseconds patience_;
};

TaskId add(Scheduler& scheduler, std::function<void()> body,
           std::chrono::milliseconds patience = 1h) {
  return scheduler.add(
      [&](TaskId) { return std::make_shared<Job>(std::move(body), patience); });
}

}  // namespace

TEST_CASE("Scheduler: runs a task at once, and again when it is woken") {
  Scheduler scheduler{"/proc"};
  std::atomic<int> turns = 0;
  const auto id = add(scheduler, [&] { ++turns; });
  CHECK(eventually([&] { return turns == 1; }));
  scheduler.wake(id);
  CHECK(eventually([&] { return turns == 2; }));
  scheduler.waker(id)();
  CHECK(eventually([&] { return turns == 3; }));
  CHECK(scheduler.works());
  CHECK(scheduler.stop(1min));
}

TEST_CASE("Scheduler: a task has one turn at a time") {
  Scheduler scheduler{"/proc"};
  std::atomic<int> inside = 0;
  std::atomic<bool> overlapped = false;
  std::atomic<int> turns = 0;
  const auto id = add(scheduler, [&] {
    overlapped = overlapped || ++inside > 1;
    ++turns;
    --inside;
  });
  CHECK(eventually([&] {
    scheduler.wake(id);
    return turns > 200;
  }));
  CHECK_FALSE(overlapped);
  CHECK(scheduler.stop(1min));
}

TEST_CASE("Scheduler: hanging turns keep no other from its turn") {
  Scheduler scheduler{"/proc"};
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  for (std::size_t i = 0; i < TaskQueue::kMaxHanging; ++i)
    add(
        scheduler, [opened] { opened.wait(); }, 1ms);
  CHECK(eventually(
      [&] { return scheduler.hanging() == TaskQueue::kMaxHanging; }));
  CHECK(scheduler.hanging_places() == std::vector<std::string>{"job"});
  std::atomic<bool> ran = false;
  add(scheduler, [&] { ran = true; });
  CHECK(eventually([&] { return ran.load(); }));
  CHECK_FALSE(scheduler.stop(1ms));
  gate.set_value();
  CHECK(scheduler.stop(1min));
}

TEST_CASE("Scheduler: what a task throws is told, and it goes on") {
  const CapturedStderr captured;
  Scheduler scheduler{"/proc"};
  std::atomic<int> turns = 0;
  const auto id = add(scheduler, [&] {
    if (++turns == 1) throw std::runtime_error{"a test's error"};
  });
  CHECK(eventually([&] { return turns == 1; }));
  CHECK(eventually([&] {
    scheduler.wake(id);
    return turns >= 2;
  }));
  CHECK(scheduler.stop(1min));
  const auto lines = captured.lines();
  CHECK(std::ranges::any_of(lines, [](const auto& line) {
    return line.find("a test's error") != std::string::npos;
  }));
}

TEST_CASE("Scheduler: a removed task ends on a worker, not with the caller") {
  Scheduler scheduler{"/proc"};
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  std::atomic<bool> ended = false;
  std::atomic<int> turns = 0;
  // Its end hangs, as closing a file of a dead server may.
  const auto id =
      add(scheduler, [held = std::shared_ptr<void>{nullptr,
                                                   [&, opened](void*) {
                                                     opened.wait();
                                                     ended = true;
                                                   }},
                      &turns] { ++turns; });
  CHECK(eventually([&] { return turns == 1; }));
  scheduler.remove(id);
  CHECK_FALSE(ended);
  gate.set_value();
  CHECK(eventually([&] { return ended.load(); }));
  CHECK(scheduler.stop(1min));
}

TEST_CASE("Scheduler: wakes a task when a descriptor is readable, once") {
  Scheduler scheduler{"/proc"};
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const UniqueFd reader{ends[0]};
  const UniqueFd writer{ends[1]};
  std::atomic<int> turns = 0;
  const auto id = add(scheduler, [&] { ++turns; });
  CHECK(eventually([&] { return turns == 1; }));
  CHECK(scheduler.wake_when_readable(id, reader.get()));
  CHECK(::write(writer.get(), "x", 1) == 1);
  CHECK(eventually([&] { return turns == 2; }));
  CHECK(scheduler.wake_when_readable(id, reader.get()));
  CHECK(eventually([&] { return turns == 3; }));
  CHECK_FALSE(scheduler.wake_when_readable(id, -1));
  CHECK(scheduler.stop(1min));
}

TEST_CASE("Scheduler: calls back when a descriptor is readable") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const UniqueFd reader{ends[0]};
  const UniqueFd writer{ends[1]};
  Scheduler scheduler{"/proc"};
  std::atomic<int> calls = 0;
  scheduler.call_when_readable(reader.get(), [&] {
    char byte = 0;
    if (::read(reader.get(), &byte, 1) == 1) ++calls;
  });
  CHECK(::write(writer.get(), "xy", 2) == 2);
  CHECK(eventually([&] { return calls == 2; }));
  CHECK(scheduler.stop(1min));
}

TEST_CASE("Scheduler: who met a closed gate has a turn when it opens") {
  bool goes_elsewhere = false;
  SUBCASE("the turn there ends") {}
  SUBCASE("the turn there goes elsewhere") { goes_elsewhere = true; }
  Scheduler scheduler{"/proc"};
  const auto gate = scheduler.gate();
  std::promise<void> leave;
  const auto left = leave.get_future().share();
  std::promise<void> end;
  const auto ended = end.get_future().share();
  add(
      scheduler,
      [goes_elsewhere, gate, left, ended] {
        gate("/proc/1/environ");
        left.wait();
        if (!goes_elsewhere) return;
        gate({});
        ended.wait();
      },
      1ms);
  REQUIRE(eventually([&] {
    return scheduler.hanging_places() == std::vector<std::string>{"process 1"};
  }));
  std::atomic<int> closed = 0;
  std::atomic<int> open = 0;
  add(scheduler, [&] { ++(gate("/proc/1/cmdline") ? open : closed); });
  REQUIRE(eventually([&] { return closed == 1; }));
  CHECK(open == 0);
  leave.set_value();
  CHECK(eventually([&] { return open == 1; }));
  end.set_value();
  CHECK(scheduler.stop(1min));
}

TEST_CASE("Scheduler: the gate is closed where a turn hangs") {
  Scheduler scheduler{"/proc"};
  const auto gate = scheduler.gate();
  CHECK(gate("/nowhere/x"));
  std::promise<void> leave;
  const auto left = leave.get_future().share();
  // Another process' memory: its domain is its own.
  add(
      scheduler,
      [gate, left] {
        gate("/proc/1/environ");
        left.wait();
      },
      1ms);
  CHECK(eventually([&] {
    return scheduler.hanging_places() == std::vector<std::string>{"process 1"};
  }));
  std::atomic<int> closed = -1;
  std::atomic<int> open = -1;
  add(scheduler, [&] {
    closed = gate("/proc/1/cmdline") ? 0 : 1;
    open = gate("/proc/2/cmdline") ? 1 : 0;
  });
  CHECK(eventually([&] { return open >= 0; }));
  CHECK(closed == 1);
  CHECK(open == 1);
  leave.set_value();
  CHECK(scheduler.stop(1min));
}
