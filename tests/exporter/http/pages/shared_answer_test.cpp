// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/pages/shared_answer.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace openclaw_lock;

TEST_CASE("SharedAnswer: each who asks alone gets a new one") {
  int made = 0;
  SharedAnswer answer{[&] { return std::to_string(++made); }};
  CHECK(*answer.get() == "1");
  CHECK(*answer.get() == "2");
}

TEST_CASE("SharedAnswer: a text goes with the last who uses it") {
  SharedAnswer answer{[] { return std::string(100, 'x'); }};
  std::weak_ptr<const std::string> kept = answer.get();
  CHECK(kept.expired());
}

TEST_CASE("SharedAnswer: those who ask meanwhile share the next one") {
  std::atomic<int> made = 0;
  std::latch begun{1};
  std::promise<void> finish;
  const auto finished = finish.get_future().share();
  SharedAnswer answer{[&] {
    const int number = ++made;
    if (number == 1) {
      begun.count_down();
      finished.wait();
    }
    return std::to_string(number);
  }};
  auto first = std::async(std::launch::async, [&] { return *answer.get(); });
  begun.wait();
  std::latch asked{8};
  std::vector<std::future<std::string>> others;
  for (int i = 0; i < 8; ++i)
    others.push_back(std::async(std::launch::async, [&] {
      asked.count_down();
      return *answer.get();
    }));
  asked.wait();
  finish.set_value();
  CHECK(first.get() == "1");
  // What was begun before they asked is for none of them.
  for (auto& other : others) CHECK(other.get() != "1");
  CHECK(made <= 9);
}

TEST_CASE("SharedAnswer: a failure is told to one, the others try again") {
  std::atomic<int> made = 0;
  SharedAnswer answer{[&]() -> std::string {
    if (++made % 2 == 1) throw std::runtime_error{"no"};
    return "yes";
  }};
  CHECK_THROWS(answer.get());
  CHECK(*answer.get() == "yes");
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 100; ++j) try {
          if (*answer.get() != "yes") failed = -1000000;
        } catch (const std::runtime_error&) {
          ++failed;
        }
    });
  for (auto& thread : threads) thread.join();
  CHECK(failed >= 1);
  CHECK(failed <= made);
}
