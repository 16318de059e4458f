// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "core/base/result.h"
#include "exporter/system/call_outcome.h"

namespace openclaw_lock {

/// Makes calls that may hang in the system for ever (a file on a mount whose
/// server is gone), each on a thread of its own, and leaves behind what
/// outlives its patience. Thread-safe.
class PatientCalls {
 public:
  static constexpr std::chrono::milliseconds kPatience{10000};
  /// Left behind, beyond which no other is begun.
  static constexpr std::size_t kMostHanging = 4;

  /// `thread`: name of the threads, which are confined as who calls.
  explicit PatientCalls(std::string thread,
                        std::chrono::milliseconds patience = kPatience)
      : thread_{std::move(thread)}, patience_{patience} {}

  /// What `call` returns or throws. Fault::timeout where it hangs, or too many
  /// do already; `what` is the `where` of the problem. A call that was left
  /// behind goes on: it must own what it uses. Where there is no thread to be
  /// had, the caller's makes it, without patience.
  template <typename Call>
  Result<std::invoke_result_t<Call>> run(const std::string& what, Call call) {
    using Value = std::invoke_result_t<Call>;
    if (*under_way_ >= kMostHanging) return too_many_hang(what);
    const auto outcome = std::make_shared<CallOutcome<Value>>();
    const auto owned = std::make_shared<Call>(std::move(call));
    const auto make = [outcome, owned] { outcome->put(*owned); };
    if (!start(make)) make();
    auto value = outcome->take_within(patience_);
    if (!value) return hangs(what);
    return *std::move(value);
  }

  /// Calls that have not come back; but for those that somebody waits for they
  /// hang.
  std::size_t under_way() const { return *under_way_; }

 private:
  bool start(std::function<void()> call);
  Problem hangs(const std::string& what) const;
  static Problem too_many_hang(const std::string& what);

  const std::string thread_;
  const std::chrono::milliseconds patience_;
  const std::shared_ptr<std::atomic<std::size_t>> under_way_ =
      std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace openclaw_lock
