// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace openclaw_lock {

/// splitmix64: the same numbers with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_{seed} {}

  std::uint64_t next() {
    std::uint64_t word = state_ += UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
  }
  std::uint64_t below(std::uint64_t end) { return next() % end; }
  bool one_in(std::uint64_t count) { return below(count) == 0; }
  template <typename Container>
  const auto& pick(const Container& values) {
    return values[below(values.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace openclaw_lock
