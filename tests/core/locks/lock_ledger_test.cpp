// SPDX-License-Identifier: Apache-2.0
#include "core/locks/lock_ledger.h"

#include <doctest/doctest.h>

#include "tests/support/ledger.h"

using namespace openclaw_lock;

// counts(): acquired, released, abandoned, stolen, finished holds

TEST_CASE("LockLedger: create, write, close, delete is one release") {
  Ledger ledger;
  ledger.take(0, 7);
  CHECK(ledger.counts() == "1 0 0 0 0");
  ledger.close(4750);
  CHECK(ledger.counts() == "1 0 0 0 0");
  ledger.remove(4752);
  CHECK(ledger.counts() == "1 1 0 0 1");
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(4.752));
  ledger.settle(at(99'999));
  CHECK(ledger.counts() == "1 1 0 0 1");
}

TEST_CASE("LockLedger: SIGTERM deletes first and closes then: a release") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.remove(10'257);
  CHECK(ledger.counts() == "1 0 0 0 0");
  ledger.close(10'261);
  CHECK(ledger.counts() == "1 1 0 0 1");
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(10.257));
}

TEST_CASE("LockLedger: deleted while its holder goes on is stolen") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.remove(500);
  ledger.settle(at(5499));
  CHECK(ledger.counts() == "1 0 0 0 0");
  CHECK(ledger.next_deadline() == at(5500));
  ledger.settle(at(5500));
  CHECK(ledger.counts() == "1 0 0 1 1");
  CHECK_FALSE(ledger.next_deadline());
  // When it is taken again does not matter.
  ledger.take(8200, 8);
  ledger.close(8300);
  ledger.remove(8301);
  CHECK(ledger.counts() == "2 1 0 1 2");
}

TEST_CASE("LockLedger: where events were lost a close may be among them") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.lost_events();
  ledger.remove(500);
  ledger.settle(at(1500));
  CHECK(ledger.counts() == "1 1 0 0 1");
  ledger.take(2000, 7);
  ledger.remove(2500);
  ledger.lost_events();
  CHECK(ledger.counts() == "2 2 0 0 2");
  CHECK_FALSE(ledger.next_deadline());
}

TEST_CASE("LockLedger: deleted, taken by another and never closed is stolen") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.remove(300'000);
  ledger.created(kPlace, kSessions, at(300'000));
  CHECK(ledger.counts() == "2 0 0 0 0");
  ledger.written(kPlace, {2, 2}, claim_of(8));
  CHECK(ledger.counts() == "2 0 0 1 1");
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(300));
  ledger.close(300'400);
  ledger.remove(300'401);
  CHECK(ledger.counts() == "2 1 0 1 2");
}

TEST_CASE("LockLedger: renamed over while its holder goes on is stolen") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.moved_in(kPlace, kSessions, at(1000));
  ledger.written(kPlace, {2, 2}, claim_of(8));
  CHECK(ledger.counts() == "2 0 0 1 1");
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(1));
  ledger.remove(3000);
  ledger.settle(at(9000));
  CHECK(ledger.counts() == "2 0 0 2 2");
}

TEST_CASE("LockLedger: renamed over what was closed is a release") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.close(900);
  ledger.moved_in(kPlace, kSessions, at(1000));
  CHECK(ledger.counts() == "2 1 0 0 1");
  ledger.remove(1500);
  ledger.moved_in(kPlace, kSessions, at(2000));
  CHECK(ledger.counts() == "3 1 0 0 1");
}

TEST_CASE("LockLedger: the victim's close after the theft is nobody's") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.remove(1000);
  ledger.take(1000, 8);
  ledger.close(1100);
  ledger.remove(1100);
  ledger.close(34'000);
  CHECK(ledger.counts() == "2 1 0 1 2");
  CHECK_FALSE(ledger.next_deadline());
}

TEST_CASE(
    "LockLedger: deleted and taken again by the same holder is no "
    "theft") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.remove(1000);
  ledger.take(1000, 7);
  CHECK(ledger.counts() == "2 1 0 0 1");
}

TEST_CASE("LockLedger: the same pid with another start time is a thief") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.remove(1000);
  ledger.created(kPlace, kSessions, at(1000));
  ledger.written(kPlace, {2, 2}, claim_of(7, 999));
  CHECK(ledger.counts() == "2 0 0 1 1");
}

TEST_CASE("LockLedger: a theft is told when the thief is gone unread") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.remove(1000);
  ledger.created(kPlace, kSessions, at(1000));
  ledger.close(1001);
  ledger.remove(1001);
  CHECK(ledger.counts() == "2 1 0 1 2");
}

TEST_CASE(
    "LockLedger: a killed holder only closes: abandoned once it is "
    "judged gone") {
  for (const auto verdict : {Holder::dead, Holder::recycled}) {
    Ledger ledger;
    ledger.take(0, 7);
    ledger.close(3559);
    CHECK_FALSE(ledger.wants_judgement(at(3578)));
    CHECK(ledger.next_deadline() == at(3579));
    CHECK(ledger.wants_judgement(at(3579)));
    ledger.judge(verdict);
    CHECK(ledger.counts() == "1 0 1 0 1");
    CHECK(ledger.of().holds.sum_seconds == doctest::Approx(3.559));
    CHECK_FALSE(ledger.wants_judgement(at(99'999)));
    CHECK_FALSE(ledger.next_deadline());
  }
}

TEST_CASE("LockLedger: an abandoned lock counts once, whatever comes then") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.close(100);
  ledger.judge(Holder::dead);
  ledger.judge(Holder::dead);
  ledger.judge(Holder::recycled);
  ledger.judge(Holder::unknown);
  ledger.remove(20'000);
  CHECK(ledger.counts() == "1 0 1 0 1");
  ledger.take(20'000, 8);
  ledger.settle(at(99'999));
  CHECK(ledger.counts() == "2 0 1 0 1");
}

TEST_CASE(
    "LockLedger: an abandoned lock whose close was not seen has no "
    "hold") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.judge(Holder::dead);
  CHECK(ledger.counts() == "1 0 1 0 0");
}

TEST_CASE(
    "LockLedger: closed and not deleted, the holder lives: nothing "
    "ended") {
  Ledger ledger;  // the store lock up to 2026.2.12
  ledger.take(0, 7);
  ledger.close(1);
  CHECK(ledger.wants_judgement(at(21)));
  ledger.judge(Holder::alive);
  CHECK_FALSE(ledger.wants_judgement(at(99'999)));
  CHECK(ledger.counts() == "1 0 0 0 0");
  ledger.remove(400);
  CHECK(ledger.counts() == "1 1 0 0 1");
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(0.4));
}

TEST_CASE(
    "LockLedger: a lock that could not be judged waits for the next "
    "round, not for the deadline") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.close(1);
  ledger.end_judgement();
  CHECK_FALSE(ledger.wants_judgement(at(99'999)));
  CHECK_FALSE(ledger.next_deadline());
  ledger.close(500);
  CHECK(ledger.wants_judgement(at(520)));
}

TEST_CASE(
    "LockLedger: CREATE without the DELETE before it ends the hold "
    "before") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.take(900, 8);
  CHECK(ledger.counts() == "2 1 0 0 1");
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(0.9));
}

TEST_CASE("LockLedger: a holder judged gone before its close was read") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.judge(Holder::dead);
  CHECK(ledger.counts() == "1 0 1 0 0");
  ledger.close(3'559);
  CHECK(ledger.counts() == "1 0 1 0 1");
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(3.559));
  ledger.close(4'000);
  ledger.remove(5'000);
  CHECK(ledger.counts() == "1 0 1 0 1");
}

TEST_CASE("LockLedger: events of places that are not known are nothing") {
  Ledger ledger;
  ledger.written(kPlace, {1, 1}, claim_of(7));
  ledger.close(1);
  ledger.remove(2);
  ledger.judge(Holder::dead);
  ledger.settle(at(99'999));
  CHECK(ledger.totals().empty());
  CHECK_FALSE(ledger.wants_claim(kPlace));
  CHECK_FALSE(ledger.next_deadline());
}

TEST_CASE("LockLedger: places, directories and series are kept apart") {
  Ledger ledger;
  const LockSeries store{"main", LockKind::session_store};
  const LockPlace other{2, kPlace.name};
  ledger.take(0, 7);
  ledger.take(0, 7, other);
  ledger.created({1, "sessions.json.lock"}, store, at(0));
  ledger.close(10, other);
  ledger.remove(10, other);
  CHECK(ledger.counts() == "2 1 0 0 1");
  CHECK(ledger.counts(store) == "1 0 0 0 0");
}

TEST_CASE("LockLedger: a claim is wanted until it is had") {
  Ledger ledger;
  ledger.created(kPlace, kSessions, at(0));
  CHECK(ledger.wants_claim(kPlace));
  ledger.written(kPlace, {1, 1}, std::nullopt);  // half-written
  CHECK(ledger.wants_claim(kPlace));
  ledger.written(kPlace, {1, 2}, claim_of(7));
  CHECK_FALSE(ledger.wants_claim(kPlace));
}

TEST_CASE("LockLedger: seen_alive is of this very claim at this very place") {
  Ledger ledger;
  ledger.take(0, 7);
  CHECK_FALSE(ledger.seen_alive(kPlace, claim_of(7)));
  ledger.judge(Holder::alive);
  CHECK(ledger.seen_alive(kPlace, claim_of(7)));
  CHECK_FALSE(ledger.seen_alive(kPlace, claim_of(8)));
  CHECK_FALSE(ledger.seen_alive({2, kPlace.name}, claim_of(7)));
  ledger.judge(Holder::unknown);
  CHECK(ledger.seen_alive(kPlace, claim_of(7)));
  ledger.close(1);
  ledger.remove(1);
  ledger.take(2, 7);
  CHECK_FALSE(ledger.seen_alive(kPlace, claim_of(7)));
}

TEST_CASE("LockLedger: beyond its bound locks are acquired and no more") {
  Ledger ledger{2};
  for (int i = 0; i < 5; ++i)
    ledger.take(i, 7, {1, std::to_string(i) + ".jsonl.lock"});
  CHECK(ledger.counts() == "5 0 0 0 0");
  for (int i = 0; i < 5; ++i) {
    ledger.close(10, {1, std::to_string(i) + ".jsonl.lock"});
    ledger.remove(10, {1, std::to_string(i) + ".jsonl.lock"});
  }
  CHECK(ledger.counts() == "5 2 0 0 2");
}

TEST_CASE("LockLedger: a clock set back gives no negative hold") {
  Ledger ledger;
  ledger.take(5000, 7);
  ledger.close(1000);
  ledger.remove(1000);
  CHECK(ledger.counts() == "1 1 0 0 1");
  CHECK(ledger.of().holds.sum_seconds == 0);
}

TEST_CASE("LockLedger: add_series shows zeros") {
  Ledger ledger;
  ledger.add_series(kSessions);
  REQUIRE(ledger.totals().size() == 1);
  CHECK(ledger.totals().begin()->second == LockTotals{});
}
