// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "core/logs/known_places.h"

namespace openclaw_lock {

/// The places of all gateways, for each one's log reader. Thread-safe.
class SharedPlaces {
 public:
  void set(KnownPlaces places) {
    const std::lock_guard guard{mutex_};
    if (!places_ || *places_ != places)
      places_ = std::make_shared<const KnownPlaces>(std::move(places));
  }

  /// Null before the first; the same object as long as nothing changes.
  std::shared_ptr<const KnownPlaces> get() const {
    const std::lock_guard guard{mutex_};
    return places_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const KnownPlaces> places_;
};

}  // namespace openclaw_lock
