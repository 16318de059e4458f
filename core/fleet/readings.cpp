// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/readings.h"

#include <algorithm>

namespace openclaw_lock {
namespace {

constexpr std::size_t kUsualReaders = 5;

void join(const SourceHealth& part, SourceHealth& whole) {
  whole.up = whole.up && (part.up || !part.settled);
  add_problems(part.problems, whole.problems);
}

}  // namespace

std::optional<SourceHealth> Readings::health(SourceName source) const {
  std::optional<SourceHealth> whole;
  if (source == SourceName::processes) {
    if (!census_) return {};
    whole = census_;
  }
  for (const auto& reading : readings_) {
    if (reading.source != source) continue;
    if (whole)
      join(reading.health, *whole);
    else
      whole = reading.health;
  }
  return whole;
}

const Readings::Reading* Readings::find(const char* type) const {
  const auto found = std::ranges::find(readings_, type, &Reading::type);
  return found == readings_.end() ? nullptr : &*found;
}

Readings::Reading* Readings::find(const char* type) {
  const auto found = std::ranges::find(readings_, type, &Reading::type);
  return found == readings_.end() ? nullptr : &*found;
}

Readings::Reading& Readings::add() {
  readings_.reserve(kUsualReaders);
  return readings_.emplace_back();
}

}  // namespace openclaw_lock
