// SPDX-License-Identifier: Apache-2.0
#include "core/locks/wait_ledger.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>

using namespace openclaw_lock;

namespace {

const LockPlace kWaited{1, "s1.jsonl.lock"};
const LockSeries kSeries{"main", LockKind::session};

WallTime at(int ms) { return WallTime{std::chrono::milliseconds{ms}}; }

/// One lock, and what was seen of it.
struct Story {
  WaitLedger ledger;
  bool may_wait = true;

  Story() { ledger.add_series(kSeries); }

  void look(int ms) { ledger.looked(kWaited, kSeries, at(ms), may_wait); }
  void looks(std::initializer_list<int> times) {
    for (const int ms : times) look(ms);
  }
  /// As from 5.12 on.
  void wait(int from, int until, int pause = 50) {
    for (int ms = from; ms < until; ms += pause) look(ms);
  }
  /// As up to 5.7; the time of the last look.
  int wait_longer_and_longer(int from, int until) {
    int last = from;
    for (int ms = from, attempt = 1; ms < until; ++attempt) {
      last = ms;
      look(ms);
      ms += std::min(1000, 50 * attempt) + 2;
    }
    return last;
  }
  void create(int ms) { ledger.created(kWaited, kSeries, at(ms)); }
  void remove(int ms) { ledger.deleted(kWaited, at(ms)); }
  void close() { ledger.closed(kWaited); }

  /// `acquired ms, gave_up ms; contended ms`: count and sum, by `now`.
  std::string seen(int now) {
    ledger.settle(at(now));
    const auto totals = ledger.totals().at(kSeries);
    const auto ms = [](const WaitHistogram& histogram) {
      return std::to_string(histogram.count()) + ' ' +
             std::to_string(std::lround(1000 * histogram.sum_seconds));
    };
    return ms(totals.acquired) + ", " + ms(totals.gave_up) + "; " +
           std::to_string(totals.contended.count());
  }
  std::uint64_t waited_for() const { return ledger.waited_for().at(kSeries); }
};

}  // namespace

TEST_CASE("WaitLedger: a wait that ends with the lock") {
  Story story;
  story.wait(1000, 4276);
  CHECK(story.waited_for() == 1);
  story.remove(4270);
  story.create(4276);
  CHECK(story.waited_for() == 0);
  CHECK(story.seen(20'000) == "1 3276, 0 0; 3276");
}

TEST_CASE("WaitLedger: one that looks less and less often") {
  Story story;
  story.wait_longer_and_longer(0, 4200);
  story.remove(4200);
  story.create(4500);
  CHECK(story.seen(20'000) == "1 4500, 0 0; 4500");
}

TEST_CASE("WaitLedger: one that gives up lasted until its last look") {
  Story story;
  story.wait(0, 10'001);
  CHECK(story.seen(14'999) == "0 0, 0 0; 10000");
  CHECK(story.ledger.next_deadline() == at(15'000));
  CHECK(story.seen(15'000) == "0 0, 1 10000; 10000");
  CHECK_FALSE(story.ledger.next_deadline());
  CHECK(story.waited_for() == 0);

  Story slow;
  const int last = slow.wait_longer_and_longer(0, 10'000);
  CHECK(slow.seen(20'000) ==
        "0 0, 1 " + std::to_string(last) + "; " + std::to_string(last));
}

TEST_CASE("WaitLedger: a short one, before the third look") {
  for (const int create : {80, 101, 180}) {
    Story story;
    story.looks({0, 50});
    story.remove(create - 4);
    story.create(create);
    CHECK(story.seen(20'000) ==
          "1 " + std::to_string(create) + ", 0 0; " + std::to_string(create));
  }
  Story too_late;
  too_late.looks({0, 50});
  too_late.create(400);
  CHECK(too_late.seen(20'000) == "0 0, 0 0; 0");
}

TEST_CASE("WaitLedger: an event loop that stands does not split a wait") {
  Story story;
  story.wait(0, 1000);
  story.wait(5800, 7000);
  story.create(7003);
  CHECK(story.seen(20'000) == "1 7003, 0 0; 7003");
}

TEST_CASE("WaitLedger: what others read is no wait") {
  struct Case {
    const char* name;
    std::initializer_list<int> looks;
  };
  for (const auto& other :
       {Case{"once", {0}},
        Case{"a second apart", {0, 1000, 2000, 3000, 4000, 5000, 6000}},
        Case{"by two, each second", {0, 200, 1000, 1200, 2000, 2200, 3000}},
        Case{"to reclaim it", {0, 2, 4}}}) {
    CAPTURE(other.name);
    Story story;
    story.looks(other.looks);
    story.remove(6005);
    story.create(6007);
    CHECK(story.seen(20'000) == "0 0, 0 0; 0");
  }
}

TEST_CASE("WaitLedger: a loop without pause is no wait, though it was kept") {
  Story story;
  for (int ms = 0; ms < 4000; ms += ms % 500 == 498 ? 30 : 2) story.look(ms);
  CHECK(story.waited_for() == 0);
}

TEST_CASE("WaitLedger: the holder reads its lock when it releases it") {
  Story story;
  int now = 0;
  for (int hold = 1; hold <= 200; ++hold) {
    const bool is_killed = hold % 7 == 0;  // by SIGTERM
    story.create(now);
    now += hold;
    if (!is_killed) story.close();
    story.look(now);
    story.remove(now + 2);
    if (is_killed) story.close();
    now += 3;
  }
  CHECK(story.seen(now + 10'000) == "0 0, 0 0; 0");
}

TEST_CASE("WaitLedger: a lock whose holder was killed is waited for") {
  Story story;
  story.create(0);
  story.close();
  story.wait(1000, 11'000);
  // The first of them was taken for the holder's.
  CHECK(story.seen(20'000) == "0 0, 1 9900; 9900");
}

TEST_CASE("WaitLedger: several who wait for one lock") {
  Story story;
  const auto look_of = [&](int now) {
    // Each at its own moment of the 50 ms.
    return now % 50 == 0 || now % 50 == 9 || now % 50 == 29;
  };
  for (int now = 0; now < 3000; ++now)
    if (look_of(now)) story.look(now);
  story.create(3002);
  for (int now = 3003; now < 6000; ++now)
    if (now % 50 == 9 || now % 50 == 29) story.look(now);
  story.create(6004);
  CHECK(story.waited_for() == 0);
  for (int now = 6005; now < 9000; ++now)
    if (now % 50 == 29) story.look(now);
  CHECK(story.waited_for() == 1);
  story.create(9005);
  // The second and the third waited longer: that is not seen.
  CHECK(story.seen(20'000) == "3 9005, 0 0; 9005");
}

TEST_CASE("WaitLedger: the last of several gives up") {
  Story story;
  story.wait(0, 3000);
  story.create(3005);
  story.wait(3040, 8000);
  CHECK(story.seen(20'000) == "1 3005, 1 4985; 7990");
}

TEST_CASE("WaitLedger: one that waits by long pauses goes on after another") {
  Story story;
  const int last = story.wait_longer_and_longer(0, 6000);
  story.create(last + 300);
  story.looks({last + 1100, last + 2000, last + 3000});
  story.create(last + 3500);
  CHECK(story.seen(30'000) == "2 " + std::to_string(last + 3500) + ", 0 0; " +
                                  std::to_string(last + 3500));
}

TEST_CASE("WaitLedger: somebody who looks each second ends no later") {
  Story story;
  story.wait(0, 3000);
  for (int ms = 3700; ms < 9000; ms += 1000) story.look(ms);
  CHECK(story.seen(20'000) == "0 0, 1 2950; 2950");
}

TEST_CASE("WaitLedger: nobody waits where no other OpenClaw process lives") {
  Story story;
  story.may_wait = false;
  story.wait(0, 3000);
  CHECK(story.waited_for() == 0);
  story.create(3005);
  CHECK(story.seen(20'000) == "0 0, 0 0; 0");
}

TEST_CASE("WaitLedger: lost events drop the waits under way") {
  Story story;
  story.wait(0, 3000);
  story.ledger.lost_events();
  CHECK(story.ledger.dropped() == 1);
  CHECK(story.waited_for() == 0);
  // What was contended stays.
  CHECK(story.seen(20'000) == "0 0, 0 0; 2950");
  story.ledger.lost_events();
  CHECK(story.ledger.dropped() == 1);
}

TEST_CASE("WaitLedger: a directory that is gone") {
  Story story;
  story.wait(0, 3000);
  story.ledger.forget(kWaited.directory + 1);
  CHECK(story.waited_for() == 1);
  story.ledger.forget(kWaited.directory);
  CHECK(story.seen(20'000) == "0 0, 1 2950; 2950");
}

TEST_CASE("WaitLedger: follows no more locks than it may") {
  WaitLedger ledger{2};
  for (const char* name : {"a", "b", "c"})
    for (int ms = 0; ms < 500; ms += 50)
      ledger.looked({1, name}, kSeries, at(ms), true);
  CHECK(ledger.waited_for().at(kSeries) == 2);
}

TEST_CASE("WaitLedger: totals never fall") {
  Story story;
  std::chrono::milliseconds contended{};
  for (int now = 0; now < 60'000; now += 10) {
    if (now % 50 == 0 && now % 20'000 < 9000) story.look(now);
    if (now % 7000 == 6990) story.remove(now);
    if (now % 7000 == 0) story.create(now);
    story.ledger.settle(at(now));
    const auto seen = story.ledger.totals().at(kSeries).contended;
    REQUIRE(seen >= contended);
    contended = seen;
  }
  CHECK(contended > std::chrono::seconds{20});
}
