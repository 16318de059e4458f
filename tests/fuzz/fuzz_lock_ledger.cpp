// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/locks/lock_ledger.h"

namespace {

using namespace openclaw_lock;

const LockSeries kSeries{"main", LockKind::session};

/// Plays bytes into a ledger, three to a step, and checks after each that
/// counts never fall and no hold ends that did not begin.
class Player {
 public:
  void play(std::uint8_t what, std::uint8_t where, std::uint8_t how) {
    const LockPlace place{where % 2, name(where / 2)};
    now_ += std::chrono::milliseconds{how * 8};
    switch (what % 10) {
      case 0:
        ledger_.created(place, kSeries, now_);
        break;
      case 1:
        ledger_.written(place, {how, 0}, claim(how));
        break;
      case 2:
        ledger_.closed(place, now_);
        break;
      case 3:
        ledger_.deleted(place, now_);
        break;
      case 4:
        scan(place.directory, where, how);
        break;
      case 5:
        ledger_.judged(place, verdict(how));
        break;
      case 6:
        ledger_.end_judgement();
        break;
      case 7:
        ledger_.settle(now_);
        break;
      case 8:
        how % 2 == 0 ? ledger_.begin_scan() : ledger_.end_scan();
        break;
      default:
        if (how > 250) ledger_.forget(place.directory);
    }
    check();
  }

 private:
  static std::string name(int number) {
    return std::string(1, static_cast<char>('a' + number % 4)) + ".jsonl.lock";
  }
  static std::optional<LockClaim> claim(std::uint8_t how) {
    if (how % 4 == 0) return {};
    LockClaim made;
    made.pid = how % 3 + 1;
    made.start_ticks = how % 2;
    return made;
  }
  static HolderVerdict verdict(std::uint8_t how) {
    HolderVerdict made;
    made.holder = kHolders[how % 4];
    return made;
  }
  void scan(int directory, std::uint8_t where, std::uint8_t how) {
    std::vector<ScannedLock> found;
    for (int i = 0; i < 4; ++i)
      if ((where >> (i + 1) & 1) != 0)
        found.push_back({name(i), {how, how % 5}, now_, claim(how)});
    const bool preexisting = how % 16 == 0;
    if (preexisting) preexisting_ += found.size();
    ledger_.reconcile(directory, "main", found, preexisting, now_);
  }
  void check() {
    const auto found = ledger_.totals().find(kSeries);
    if (found == ledger_.totals().end()) return;
    const auto& totals = found->second;
    const auto ended = totals.released + totals.abandoned + totals.stolen;
    if (totals.acquired < last_.acquired || totals.released < last_.released ||
        totals.abandoned < last_.abandoned || totals.stolen < last_.stolen ||
        totals.holds.count() < last_.holds.count())
      std::abort();
    if (ended > totals.acquired + preexisting_) std::abort();
    if (totals.holds.count() > ended) std::abort();
    last_ = totals;
    ledger_.next_deadline();
    ledger_.wants_judgement(now_);
  }

  LockLedger ledger_{6};
  WallTime now_{};
  LockTotals last_;
  std::uint64_t preexisting_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  Player player;
  for (std::size_t i = 0; i + 3 <= size; i += 3)
    player.play(data[i], data[i + 1], data[i + 2]);
  return 0;
}
