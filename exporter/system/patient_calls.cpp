// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/patient_calls.h"

#include "exporter/system/thread.h"

namespace openclaw_lock {
namespace {

/// Counts a call as long as a copy of it lives.
class Turn {
 public:
  explicit Turn(std::shared_ptr<std::atomic<std::size_t>> count)
      : count_{std::move(count)} {
    ++*count_;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { --*count_; }

 private:
  const std::shared_ptr<std::atomic<std::size_t>> count_;
};

}  // namespace

bool PatientCalls::start(std::function<void()> call) {
  auto thread =
      start_thread(thread_, [turn = std::make_shared<Turn>(under_way_),
                             call_ = std::move(call)] { call_(); });
  if (!thread) return false;
  thread->detach();
  return true;
}

Problem PatientCalls::too_many_hang(const std::string& what) {
  return {Fault::timeout, what,
          "not read, for " + std::to_string(kMostHanging) +
              " tries before still hang"};
}

Problem PatientCalls::hangs(const std::string& what) const {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(patience_);
  return {Fault::timeout, what,
          "does not answer within " + std::to_string(seconds.count()) + " s"};
}

}  // namespace openclaw_lock
