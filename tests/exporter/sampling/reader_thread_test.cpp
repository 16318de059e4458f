// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/reader_thread.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <future>
#include <latch>
#include <stdexcept>

using namespace openclaw_lock;
using namespace std::chrono_literals;

TEST_CASE("StopSignal: is readable once requested, for good") {
  StopSignal signal;
  pollfd event{signal.descriptor(), POLLIN, 0};
  CHECK_FALSE(signal.requested());
  CHECK(::poll(&event, 1, 0) == 0);
  CHECK(signal.sleep(0ms));
  signal.request();
  signal.request();
  CHECK(signal.requested());
  CHECK(::poll(&event, 1, 0) == 1);
  CHECK_FALSE(signal.sleep(1h));
  CHECK_FALSE(signal.sleep(1h));
}

TEST_CASE("ReaderThread: runs its loop until it is asked to stop") {
  std::latch started{1};
  ReaderThread thread{"test", [&](const StopSignal& stop) {
                        started.count_down();
                        while (stop.sleep(1h)) {
                        }
                      }};
  started.wait();
  CHECK_FALSE(thread.ended());
  CHECK(thread.stop(1min));
  CHECK(thread.stop(0ms));
}

TEST_CASE("ReaderThread: a loop that ends by itself is stopped") {
  ReaderThread thread{"test", [](const StopSignal&) {}};
  CHECK(thread.stop(1min));
  CHECK(thread.ended());
}

TEST_CASE("ReaderThread: the destructor ends the loop") {
  std::promise<bool> ended;
  {
    std::latch started{1};
    const ReaderThread thread{"test", [&](const StopSignal& stop) {
                                started.count_down();
                                ended.set_value(!stop.sleep(1h));
                              }};
    started.wait();
  }
  CHECK(ended.get_future().get());
}

TEST_CASE("ReaderThread: what a loop throws ends that loop only") {
  ReaderThread ends{"test", [](const StopSignal&) {
                      throw std::runtime_error{"a test's error"};
                    }};
  CHECK(ends.stop(1min));
  ReaderThread odd{"test", [](const StopSignal&) { throw 7; }};
  CHECK(odd.stop(1min));
}

TEST_CASE("ReaderThread: a loop that hangs is left behind in time") {
  // The loop may outlive the test's frame: it holds what it uses.
  auto release = std::make_shared<std::promise<void>>();
  auto released = std::make_shared<std::promise<void>>();
  {
    auto started = std::make_shared<std::latch>(1);
    ReaderThread stuck{"test", [started, gate = release->get_future().share(),
                                released](const StopSignal&) {
                         started->count_down();
                         gate.wait();
                         released->set_value();
                       }};
    started->wait();
    CHECK_FALSE(stuck.stop(1ms));

    std::latch other{1};
    ReaderThread free{"test", [&](const StopSignal&) { other.count_down(); }};
    other.wait();
    CHECK(free.stop(1min));
  }
  release->set_value();
  released->get_future().wait();
}
