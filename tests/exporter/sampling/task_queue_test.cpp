// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/task_queue.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

const HangDomain kMemory{};
const HangDomain kDisk{"254:1", true};
const HangDomain kFuse{"0:50", false, true};
const HangDomain kProcess{"process 7", true, true};
const MonotonicTime kStart{1h};

class Job : public Task {
 public:
  explicit Job(std::string name, std::shared_ptr<Task> successor = nullptr)
      : name_{std::move(name)}, successor_{std::move(successor)} {}

  std::string name() const override { return name_; }
  std::chrono::milliseconds patience() const override { return 10s; }
  MonotonicTime run(MonotonicTime now) override { return now; }
  std::shared_ptr<Task> successor() const override { return successor_; }

 private:
  std::string name_;
  std::shared_ptr<Task> successor_;
};

struct Queue : TaskQueue {
  TaskId put(const std::string& name, HangDomain home,
             MonotonicTime now = kStart,
             std::shared_ptr<Task> successor = nullptr) {
    const auto id = reserve();
    add(id, std::make_shared<Job>(name, std::move(successor)), std::move(home),
        now);
    return id;
  }

  /// Name of the task whose turn it is, or `none`.
  std::string next(MonotonicTime now) {
    const auto turn = take(now);
    if (!turn) return "none";
    last = turn->id;
    return turn->task->name() + (turn->last ? " (last)" : "");
  }

  TurnId last = 0;
};

}  // namespace

TEST_CASE("TaskQueue: tasks have their turns in the order they are due") {
  Queue queue;
  CHECK_FALSE(queue.next_due());
  queue.put("a", kMemory, kStart + 2s);
  queue.put("b", kMemory, kStart + 1s);
  CHECK(queue.next_due() == kStart + 1s);
  CHECK(queue.next(kStart) == "none");
  CHECK(queue.next(kStart + 3s) == "b");
  const auto turn_of_b = queue.last;
  CHECK(queue.next(kStart + 3s) == "a");
  CHECK(queue.next(kStart + 3s) == "none");
  queue.finish(turn_of_b, kMemory, kStart + 9s);
  CHECK(queue.next_due() == kStart + 9s);
}

TEST_CASE("TaskQueue: a woken task is due; a woken turn is followed by one") {
  Queue queue;
  const auto id = queue.put("a", kMemory, kStart + 1h);
  queue.wake(id, kStart);
  CHECK(queue.next(kStart) == "a");
  queue.wake(id, kStart);
  CHECK(queue.next(kStart) == "none");
  queue.finish(queue.last, kMemory, kStart + 1h);
  CHECK(queue.next(kStart) == "a");
  queue.finish(queue.last, kMemory, kStart + 1h);
  CHECK(queue.next(kStart) == "none");
  queue.wake(id + 7, kStart);
}

TEST_CASE("TaskQueue: a removed task is handed out once more, to be ended") {
  Queue queue;
  const auto id = queue.put("a", kMemory, kStart + 1h);
  queue.remove(id, kStart);
  CHECK(queue.next(kStart) == "a (last)");
  queue.finish(queue.last, kMemory, kStart);
  CHECK(queue.next(kStart + 2h) == "none");
  CHECK(queue.size() == 0);
}

TEST_CASE("TaskQueue: a task that is removed in its turn has no other") {
  Queue queue;
  const auto id = queue.put("a", kMemory);
  CHECK(queue.next(kStart) == "a");
  queue.wake(id, kStart);
  queue.remove(id, kStart);
  queue.finish(queue.last, kMemory, kStart);
  CHECK(queue.next(kStart) == "none");
  CHECK(queue.size() == 0);
}

TEST_CASE("TaskQueue: a domain that is not local has one turn at a time") {
  Queue queue;
  queue.put("a", kFuse);
  queue.put("b", kFuse);
  queue.put("c", kDisk);
  CHECK(queue.next(kStart) == "a");
  const auto first = queue.last;
  CHECK(queue.next(kStart) == "c");
  CHECK(queue.next(kStart) == "none");
  queue.finish(first, kFuse, kStart + 5s);
  CHECK(queue.next(kStart) == "b");
}

TEST_CASE("TaskQueue: a local domain has several, until one is slow") {
  Queue queue;
  queue.put("a", kDisk);
  queue.put("b", kDisk);
  queue.put("c", kDisk);
  queue.put("d", kDisk);
  CHECK(queue.next(kStart) == "a");
  const auto first = queue.last;
  CHECK(queue.next(kStart) == "b");
  const auto second = queue.last;
  CHECK(queue.slow(kStart) == 0);
  const auto then = kStart + TaskQueue::kSlow;
  CHECK(queue.slow(then) == 2);
  CHECK(queue.next(then) == "none");
  queue.finish(first, kDisk, then + 5s);
  // One slow turn may be so for what it touched unnoticed.
  CHECK(queue.next(then) == "c");
  CHECK(queue.next(then) == "none");
  queue.finish(second, kDisk, then + 5s);
  CHECK(queue.next(then) == "d");
}

TEST_CASE("TaskQueue: an exact local domain has none beside a slow turn") {
  Queue queue;
  queue.put("a", kProcess);
  queue.put("b", kProcess, kStart + 1s);
  CHECK(queue.next(kStart) == "a");
  const auto first = queue.last;
  CHECK(queue.next(kStart + 1s) == "none");
  queue.finish(first, kProcess, kStart + 9s);
  CHECK(queue.next(kStart + 1s) == "b");
}

TEST_CASE("TaskQueue: who missed a slow domain has a turn when it is free") {
  Queue queue;
  queue.put("slow", kProcess);
  queue.put("log", kMemory, kStart + 1s);
  CHECK(queue.next(kStart) == "slow");
  const auto slow = queue.last;
  const auto then = kStart + 1s;
  const auto has_missed = [&](TurnId turn) {
    CHECK_FALSE(queue.enter(turn, kProcess, then));
    queue.pass_by(turn, kProcess);
    queue.finish(turn, kMemory, then + 5s);
  };
  CHECK(queue.next(then) == "log");
  SUBCASE("it is left") {
    has_missed(queue.last);
    CHECK(queue.next(then) == "none");
    queue.finish(slow, kProcess, then + 1h);
    CHECK(queue.next(then) == "log");
    CHECK(queue.enter(queue.last, kProcess, then));
    queue.finish(queue.last, kMemory, then + 5s);
    CHECK(queue.next_due() == then + 5s);
  }
  SUBCASE("it is left for another") {
    has_missed(queue.last);
    CHECK(queue.enter(slow, kMemory, then));
    CHECK(queue.next(then) == "log");
  }
  SUBCASE("it is left before the turn ends") {
    const auto turn = queue.last;
    CHECK_FALSE(queue.enter(turn, kProcess, then));
    queue.pass_by(turn, kProcess);
    queue.finish(slow, kProcess, then + 1h);
    queue.finish(turn, kMemory, then + 5s);
    CHECK(queue.next(then) == "log");
  }
  SUBCASE("it is not left in time") {
    has_missed(queue.last);
    CHECK(queue.next_due() == then + 5s);
    CHECK(queue.next(then + 5s) == "log");
  }
  SUBCASE("it is woken") {
    has_missed(queue.last);
    queue.wake(2, then);
    CHECK(queue.next(then) == "log");
  }
  SUBCASE("a turn for something else is none for what it missed") {
    has_missed(queue.last);
    queue.wake(2, then);
    CHECK(queue.next(then) == "log");
    SUBCASE("it is left after that") {
      queue.finish(queue.last, kMemory, then + 5s);
      CHECK(queue.next(then) == "none");
      queue.finish(slow, kProcess, then + 1h);
    }
    SUBCASE("it is left meanwhile") {
      queue.finish(slow, kProcess, then + 1h);
      queue.finish(queue.last, kMemory, then + 5s);
    }
    CHECK(queue.next(then) == "log");
    queue.finish(queue.last, kMemory, then + 5s);
    CHECK(queue.next_due() == then + 5s);
  }
  SUBCASE("it is removed") {
    has_missed(queue.last);
    queue.remove(2, then);
    CHECK(queue.next(then) == "log (last)");
    queue.finish(slow, kProcess, then + 1h);
    CHECK(queue.next(then) == "none");
  }
}

TEST_CASE(
    "TaskQueue: many who wait for a domain wait on where it is slow again") {
  Queue queue;
  queue.put("slow", kProcess);
  CHECK(queue.next(kStart) == "slow");
  auto slow = queue.last;
  const auto then = kStart + 1s;
  for (const auto* name : {"a", "b"}) {
    queue.put(name, kMemory, then);
    CHECK(queue.next(then) == name);
    CHECK_FALSE(queue.enter(queue.last, kProcess, then));
    queue.pass_by(queue.last, kProcess);
    queue.finish(queue.last, kMemory, then + 5s);
  }
  queue.finish(slow, kProcess, then + 9s);
  CHECK(queue.next(then) == "a");
  CHECK(queue.enter(queue.last, kProcess, then));
  slow = queue.last;
  // It has become slow before b had its turn.
  CHECK(queue.next(then + 1s) == "none");
  queue.finish(slow, kMemory, then + 9s);
  CHECK(queue.next(then + 1s) == "b");
}

TEST_CASE("TaskQueue: where too many hang nobody is asked again at once") {
  Queue queue;
  for (std::size_t i = 0; i < TaskQueue::kMaxHanging; ++i) {
    queue.put("hung", kMemory);
    CHECK(queue.next(kStart) == "hung");
  }
  queue.find_overruns(kStart + 1h);
  REQUIRE(queue.hanging() == TaskQueue::kMaxHanging);
  queue.put("log", kMemory);
  CHECK(queue.next(kStart + 1h) == "log");
  CHECK_FALSE(queue.enter(queue.last, kFuse, kStart + 1h));
  queue.pass_by(queue.last, kFuse);
  queue.finish(queue.last, kMemory, kStart + 2h);
  CHECK(queue.next_due() == kStart + 2h);
}

TEST_CASE("TaskQueue: what may soon be entered") {
  Queue queue;
  queue.put("a", kFuse);
  CHECK(queue.may_soon_enter(kFuse, kStart));
  CHECK(queue.next(kStart) == "a");
  CHECK(queue.may_soon_enter(kFuse, kStart));
  CHECK_FALSE(queue.may_soon_enter(kFuse, kStart + TaskQueue::kSlow));
  CHECK(queue.may_soon_enter(kDisk, kStart + TaskQueue::kSlow));
}

TEST_CASE("TaskQueue: where a turn hangs one begins; elsewhere they do") {
  Queue queue;
  queue.put("a", kDisk);
  queue.put("b", kDisk, kStart + 1s);
  queue.put("c", kFuse, kStart + 1s);
  queue.put("d", kDisk, kStart + 2s);
  CHECK(queue.next(kStart) == "a");
  const auto hung = queue.last;
  CHECK(queue.find_overruns(kStart + 9s).empty());
  CHECK(queue.next_overrun() == kStart + 10s);
  const auto then = kStart + 10s;
  const auto overruns = queue.find_overruns(then);
  REQUIRE(overruns.size() == 1);
  CHECK(queue.next_overrun() == std::nullopt);
  CHECK(overruns[0].task == "a");
  CHECK(overruns[0].domain == "254:1");
  CHECK(queue.find_overruns(then).empty());
  CHECK(queue.hanging() == 1);
  CHECK(queue.hanging_places() == std::vector<std::string>{"254:1"});
  CHECK(queue.next(then) == "b");
  CHECK(queue.next(then) == "c");
  CHECK(queue.next(then) == "none");
  CHECK(queue.next(then + 1h) == "none");
  queue.finish(hung, kDisk, then + 2h);
  CHECK(queue.hanging() == 0);
  CHECK(queue.next(then) == "d");
}

TEST_CASE("TaskQueue: a turn may enter domains, but none that hangs") {
  Queue queue;
  queue.put("a", kFuse);
  queue.put("b", kMemory);
  CHECK(queue.next(kStart) == "a");
  const auto hung = queue.last;
  CHECK(queue.next(kStart) == "b");
  const auto other = queue.last;
  const auto then = kStart + 10s;
  CHECK(queue.enter(other, kDisk, then));
  CHECK_FALSE(queue.enter(other, kFuse, then));
  // What it hangs in is where it went last.
  const auto overruns = queue.find_overruns(then);
  REQUIRE(overruns.size() == 2);
  CHECK(overruns[0].domain == "0:50");
  CHECK(overruns[1].domain == "254:1");
  queue.finish(hung, kFuse, then);
  CHECK(queue.enter(other, kFuse, then));
  CHECK(queue.hanging_places() == std::vector<std::string>{"0:50"});
}

TEST_CASE("TaskQueue: a successor takes over from a turn that hangs") {
  Queue queue;
  queue.put("old", kMemory, kStart, std::make_shared<Job>("new"));
  CHECK(queue.next(kStart) == "old");
  const auto hung = queue.last;
  queue.enter(hung, kFuse, kStart);
  CHECK(queue.find_overruns(kStart + 10s).size() == 1);
  CHECK(queue.next(kStart + 10s) == "new");
  CHECK_FALSE(queue.enter(queue.last, kFuse, kStart + 10s));
  const auto turn = queue.last;
  // The old one comes back: it frees its domain and has no further turn.
  queue.finish(hung, kMemory, kStart + 11s);
  CHECK(queue.next(kStart + 1h) == "none");
  CHECK(queue.enter(turn, kFuse, kStart + 12s));
  queue.finish(turn, kMemory, kStart + 1h);
  CHECK(queue.next(kStart + 1h) == "new");
}

TEST_CASE("TaskQueue: with many turns hanging, only local domains go on") {
  Queue queue;
  std::vector<TurnId> hung;
  for (std::size_t i = 0; i < TaskQueue::kMaxHanging; ++i) {
    queue.put("h", {"0:" + std::to_string(i), false});
    CHECK(queue.next(kStart) == "h");
    hung.push_back(queue.last);
  }
  const auto then = kStart + 10s;
  CHECK(queue.find_overruns(then).size() == TaskQueue::kMaxHanging);
  queue.put("far", kFuse, then);
  queue.put("near", kDisk, then);
  CHECK(queue.next(then) == "near");
  CHECK(queue.next(then) == "none");
  queue.finish(hung[3], kMemory, then + 1h);
  CHECK(queue.next(then) == "far");
}

TEST_CASE("TaskQueue: a thousand tasks of a hung domain cost nothing") {
  Queue queue;
  queue.put("hung", kFuse);
  CHECK(queue.next(kStart) == "hung");
  queue.find_overruns(kStart + 10s);
  for (int i = 0; i < 1000; ++i) queue.put("waits", kFuse, kStart + 10s);
  CHECK(queue.next(kStart + 10s) == "none");
  // Nothing is due that may begin.
  CHECK_FALSE(queue.next_due());
}
