// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/patient_calls.h"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

#include "tests/support/eventually.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

/// What hangs until it is opened.
class Latch {
 public:
  std::function<int()> call() const {
    return [future = future_] {
      future.wait();
      return 7;
    };
  }
  void open() { promise_.set_value(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_ = promise_.get_future().share();
};

}  // namespace

TEST_CASE("PatientCalls: returns or throws what the call does, elsewhere") {
  PatientCalls calls{"calls", 1h};
  const auto id = calls.run("x", [] { return std::this_thread::get_id(); });
  REQUIRE(id);
  CHECK(*id != std::this_thread::get_id());
  CHECK_THROWS_AS(
      static_cast<void>(calls.run(
          "x", []() -> int { throw std::runtime_error{"a test's"}; })),
      std::runtime_error);
  CHECK(eventually([&] { return calls.under_way() == 0; }));
}

TEST_CASE("PatientCalls: leaves behind what hangs, and goes on") {
  PatientCalls calls{"calls", 1ms};
  Latch latch;
  const auto hung = calls.run("/mnt/x", latch.call());
  REQUIRE_FALSE(hung);
  CHECK(hung.problem() ==
        Problem{Fault::timeout, "/mnt/x", "does not answer within 1 s"});
  CHECK(calls.under_way() == 1);
  latch.open();
  CHECK(eventually([&] { return calls.under_way() == 0; }));
}

TEST_CASE("PatientCalls: begins no more than four that hang") {
  PatientCalls calls{"calls", 1ms};
  Latch latch;
  for (std::size_t i = 0; i < PatientCalls::kMostHanging; ++i)
    CHECK_FALSE(calls.run("x", latch.call()));
  const auto refused = calls.run("x", [] { return 1; });
  REQUIRE_FALSE(refused);
  CHECK(refused.problem().detail == "not read, for 4 tries before still hang");
  latch.open();
  CHECK(eventually([&] { return calls.under_way() == 0; }));
  const auto begun = std::make_shared<std::atomic<bool>>(false);
  static_cast<void>(calls.run("x", [begun] { return begun->store(true), 1; }));
  CHECK(eventually([&] { return begun->load(); }));
}
