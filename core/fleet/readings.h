// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/fleet/source_health.h"
#include "core/fleet/source_name.h"

namespace openclaw_lock {

/// What the readers of one gateway last left: facts, by their type, and how the
/// reader does. A reader that is switched off has none.
class Readings {
 public:
  /// Replaces what was put of this type. `facts`: null before the first round.
  template <typename Facts>
  void put(SourceName source, std::shared_ptr<const Facts> facts,
           const SourceHealth& health) {
    auto* const known = find(&kType<Facts>);
    auto& reading = known ? *known : add();
    reading = {&kType<Facts>, source, std::move(facts), health};
  }

  /// How the census does, which all gateways share: without it (empty) source
  /// `processes` is switched off.
  void put_census(const std::optional<SourceHealth>& health) {
    census_ = health;
  }

  /// The reader of these facts is switched off.
  template <typename Facts>
  void remove() {
    std::erase_if(readings_, [](const Reading& reading) {
      return reading.type == &kType<Facts>;
    });
  }

  /// Null before the first round, and where the reader is switched off.
  template <typename Facts>
  std::shared_ptr<const Facts> latest() const {
    const auto* const reading = find(&kType<Facts>);
    return reading ? std::static_pointer_cast<const Facts>(reading->facts)
                   : nullptr;
  }

  /// The same, not shared: valid as long as nothing else is put.
  template <typename Facts>
  const Facts* look_at() const {
    const auto* const reading = find(&kType<Facts>);
    return reading ? static_cast<const Facts*>(reading->facts.get()) : nullptr;
  }

  /// The latest where they hold now: null while the reader hangs, too.
  template <typename Facts>
  std::shared_ptr<const Facts> present() const {
    const auto* const health = health_of<Facts>();
    return health && health->fresh ? latest<Facts>() : nullptr;
  }

  /// How the reader of these facts does; null: it is switched off.
  template <typename Facts>
  const SourceHealth* health_of() const {
    const auto* const reading = find(&kType<Facts>);
    return reading ? &reading->health : nullptr;
  }
  template <typename Facts>
  SourceHealth* health_of() {
    auto* const reading = find(&kType<Facts>);
    return reading ? &reading->health : nullptr;
  }

  /// Of all readers of a source as of one; empty: they are switched off. The
  /// first that was put (of `processes` the census) is the whole, the others
  /// are parts of it: it has the rounds of the whole and the problems of all,
  /// and is up where the whole is, and each part that has settled.
  std::optional<SourceHealth> health(SourceName source) const;

  /// How each reader does, without the census.
  template <typename Look>
  void for_each_health(Look look) const {
    for (const auto& reading : readings_) look(reading.health);
  }

 private:
  /// Its address stands for the type.
  template <typename Facts>
  static constexpr char kType = 0;

  struct Reading {
    const char* type = nullptr;
    SourceName source{};
    std::shared_ptr<const void> facts;
    SourceHealth health;
  };

  const Reading* find(const char* type) const;
  Reading* find(const char* type);
  Reading& add();

  std::vector<Reading> readings_;  ///< in the order in which they were put
  std::optional<SourceHealth> census_;
};

}  // namespace openclaw_lock
