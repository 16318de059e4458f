// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/thread.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/support/captured_stderr.h"

namespace openclaw_lock {
namespace {

std::string name_of_this_thread() {
  std::array<char, 16> name{};
  ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  return name.data();
}

void run_in_thread(const std::string& name, std::function<void()> body) {
  auto thread = start_thread(name, std::move(body));
  REQUIRE(thread);
  thread->join();
  CHECK_FALSE(thread->joinable());
}

TEST_CASE("start_thread: the thread has its name, cut to what fits") {
  std::string name;
  run_in_thread("census", [&] { name = name_of_this_thread(); });
  CHECK(name == "census");
  run_in_thread("a name of twenty ch.", [&] { name = name_of_this_thread(); });
  CHECK(name == "a name of twent");
}

TEST_CASE("start_thread: its stack is small") {
  std::size_t size = 0;
  run_in_thread("worker", [&] {
    pthread_attr_t attributes;
    ::pthread_getattr_np(::pthread_self(), &attributes);
    ::pthread_attr_getstacksize(&attributes, &size);
    ::pthread_attr_destroy(&attributes);
  });
  CHECK(size >= kStackBytes);
  CHECK(size < kStackBytes + (64U << 10U));
}

TEST_CASE("start_thread: one that cannot be made is a problem, no exception") {
  std::atomic<bool> ran = false;
  const auto thread = start_thread(
      "worker", [&] { ran = true; }, std::size_t{1} << 60U);
  REQUIRE_FALSE(thread);
  CHECK(thread.problem().fault == Fault::io);
  CHECK(thread.problem().where == "thread worker");
  CHECK_FALSE(thread.problem().detail.empty());
  CHECK_FALSE(ran);
}

TEST_CASE("start_thread: what the body throws ends the thread alone") {
  CapturedStderr captured;
  run_in_thread("worker", [] { throw std::runtime_error{"broken"}; });
  const auto said = captured.lines();
  REQUIRE(said.size() == 1);
  CHECK(said.front().ends_with(
      R"(msg="a thread ended by an error" thread=worker reason=broken)"));
}

TEST_CASE("Thread: a moved one is joined where it went; a detached one not") {
  const auto go = std::make_shared<std::promise<void>>();
  const auto ended = std::make_shared<std::promise<void>>();
  auto first = start_thread("worker", [go, ended] {
    go->get_future().wait();
    ended->set_value();
  });
  REQUIRE(first);
  Thread second{*std::move(first)};
  CHECK(second.joinable());
  second.detach();
  CHECK_FALSE(second.joinable());
  go->set_value();
  ended->get_future().wait();
}

}  // namespace
}  // namespace openclaw_lock
