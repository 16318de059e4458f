// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "core/locks/lock_ledger.h"
#include "tests/support/ledger.h"

using namespace openclaw_lock;

// counts(): acquired, released, abandoned, stolen, finished holds

TEST_CASE(
    "LockLedger: locks that were there before us were not acquired "
    "before our eyes") {
  Ledger ledger;
  ledger.scan({scanned(5, -60'000)}, 0, true);
  CHECK(ledger.counts() == "0 0 0 0 0");
  ledger.scan({}, 5000);
  CHECK(ledger.counts() == "0 1 0 0 1");
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(65));
}

TEST_CASE(
    "LockLedger: a lock found dead at the first look was abandoned "
    "before us") {
  Ledger ledger;
  ledger.scan({scanned(5, -60'000)}, 0, true);
  ledger.judge(Holder::dead);
  CHECK(ledger.counts() == "0 0 0 0 0");
  ledger.scan({}, 5000);
  ledger.remove(5000);
  CHECK(ledger.counts() == "0 0 0 0 0");
}

TEST_CASE(
    "LockLedger: one found alive and dead later was abandoned before "
    "our eyes") {
  Ledger ledger;
  ledger.scan({scanned(5, -60'000)}, 0, true);
  ledger.judge(Holder::alive);
  ledger.scan({scanned(5, -60'000)}, 5000);
  ledger.judge(Holder::dead);
  CHECK(ledger.counts() == "0 0 1 0 0");
}

TEST_CASE(
    "LockLedger: scans alone see acquisitions, releases and "
    "replacements") {
  Ledger ledger;
  ledger.scan({}, 0, true);
  ledger.scan({scanned(5, 4000)}, 5000);
  CHECK(ledger.counts() == "1 0 0 0 0");
  ledger.scan({scanned(5, 4000)}, 10'000);
  CHECK(ledger.counts() == "1 0 0 0 0");
  ledger.scan({scanned(6, 12'000, claim_of(8))}, 15'000);
  CHECK(ledger.counts() == "2 1 0 0 1");
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(8));
  ledger.scan({}, 20'000);
  CHECK(ledger.counts() == "2 2 0 0 2");
}

TEST_CASE("LockLedger: a hold begins at createdAt, else at the mtime") {
  Ledger ledger;
  auto claim = claim_of(7);
  claim.created_at = at(-10'000);
  ledger.scan(
      {scanned(5, 0, claim), scanned(6, 0, std::nullopt, "b.jsonl.lock")}, 0,
      true);
  ledger.scan({}, 1000);
  CHECK(ledger.counts() == "0 2 0 0 2");
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(12));
}

TEST_CASE(
    "LockLedger: the same inode with another mtime and claim is another "
    "lock") {
  Ledger ledger;
  ledger.scan({}, 0, true);
  ledger.scan({scanned(5, 100, claim_of(7))}, 1000);
  ledger.scan({scanned(5, 2000, claim_of(8))}, 3000);
  CHECK(ledger.counts() == "2 1 0 0 1");
}

TEST_CASE(
    "LockLedger: the same inode with the same claim is the same lock, "
    "whatever its mtime") {
  // The writer may write in two pieces, and we read after the first.
  Ledger ledger;
  auto claim = claim_of(7);
  claim.created_at = at(0);
  ledger.created(kPlace, kSessions, at(0));
  ledger.written(kPlace, {5, 0}, claim);
  ledger.scan({scanned(5, 1, claim)}, 1000);
  CHECK(ledger.counts() == "1 0 0 0 0");
  ledger.scan({scanned(5, 1, claim)}, 2000);
  CHECK(ledger.counts() == "1 0 0 0 0");
}

TEST_CASE("LockLedger: found before it was written, it is the same lock") {
  Ledger ledger;
  ledger.scan({}, 0, true);
  ledger.scan({scanned(5, 1000, std::nullopt)}, 1000);
  ledger.scan({scanned(5, 1001, claim_of(7))}, 2000);
  CHECK(ledger.counts() == "1 0 0 0 0");
}

TEST_CASE("LockLedger: locks that cannot be read are told apart by mtime") {
  Ledger ledger;
  ledger.scan({}, 0, true);
  ledger.scan({scanned(5, 900, std::nullopt)}, 1000);
  ledger.scan({scanned(5, 900, std::nullopt)}, 2000);
  CHECK(ledger.counts() == "1 0 0 0 0");
  ledger.scan({scanned(5, 2500, std::nullopt)}, 3000);
  CHECK(ledger.counts() == "2 1 0 0 1");
}

TEST_CASE(
    "LockLedger: found by a scan, then told by its CREATE: one "
    "acquisition") {
  Ledger ledger;
  ledger.scan({}, 0, true);
  ledger.scan({scanned(5, 999)}, 1000);
  ledger.take(999, 7);
  CHECK(ledger.counts() == "1 0 0 0 0");
  ledger.close(1500);
  ledger.remove(1500);
  CHECK(ledger.counts() == "1 1 0 0 1");
}

TEST_CASE("LockLedger: taken while the first scan ran is an acquisition") {
  Ledger ledger;  // the watch was there before the list
  ledger.scan({scanned(5, 999)}, 1000, true);
  CHECK(ledger.counts() == "0 0 0 0 0");
  ledger.take(999, 7);
  CHECK(ledger.counts() == "1 0 0 0 0");
  ledger.take(2000, 8);  // its DELETE was lost
  CHECK(ledger.counts() == "2 1 0 0 1");
}

TEST_CASE("LockLedger: events told during a scan win over its list") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.begin_scan();
  ledger.close(100);  // after the list was made
  ledger.remove(100);
  ledger.reconcile(1, "main", {scanned(1, 0)}, false, at(101));
  ledger.end_scan();
  CHECK(ledger.counts() == "1 1 0 0 1");

  ledger.begin_scan();
  ledger.take(200, 8);
  ledger.reconcile(1, "main", {}, false, at(201));
  ledger.end_scan();
  CHECK(ledger.counts() == "2 1 0 0 1");
  ledger.scan({}, 300);
  CHECK(ledger.counts() == "2 2 0 0 2");
}

TEST_CASE("LockLedger: told by events and found by scans: one lock") {
  Ledger ledger;
  ledger.take(7, 7);
  ledger.scan({scanned(7, 7)}, 1000);
  ledger.scan({scanned(7, 7)}, 2000);
  ledger.close(2500);
  ledger.remove(2500);
  ledger.scan({}, 3000);
  CHECK(ledger.counts() == "1 1 0 0 1");
}

TEST_CASE("LockLedger: a scan gives the claim that no event gave") {
  Ledger ledger;
  ledger.created(kPlace, kSessions, at(0));
  ledger.scan({scanned(7, 0)}, 1000);
  CHECK_FALSE(ledger.wants_claim(kPlace));
  ledger.judge(Holder::alive);
  CHECK(ledger.seen_alive(kPlace, claim_of(7)));
}

TEST_CASE("LockLedger: a theft is told by the scan that reads the thief") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.remove(1000);
  ledger.created(kPlace, kSessions, at(1000));
  ledger.scan({scanned(9, 1000, claim_of(8))}, 1100);
  CHECK(ledger.counts() == "2 0 0 1 1");
}

TEST_CASE(
    "LockLedger: an abandoned lock that is replaced between scans is "
    "not released") {
  Ledger ledger;
  ledger.scan({}, 0, true);
  ledger.scan({scanned(5, 4000)}, 5000);
  ledger.judge(Holder::dead);
  ledger.scan({scanned(6, 9000, claim_of(8))}, 10'000);
  CHECK(ledger.counts() == "2 0 1 0 0");
}

TEST_CASE("LockLedger: other directories are left alone by a scan") {
  Ledger ledger;
  ledger.take(0, 7, {2, kPlace.name});
  ledger.take(0, 7, {0, kPlace.name});
  ledger.scan({}, 1000);
  CHECK(ledger.counts() == "2 0 0 0 0");
}

TEST_CASE("LockLedger: names that are no locks are left out") {
  Ledger ledger;
  ledger.scan({scanned(5, 0, claim_of(7), "a.jsonl")}, 0);
  CHECK(ledger.totals().empty());
}

TEST_CASE("LockLedger: forgotten directories end nothing") {
  Ledger ledger;
  ledger.take(0, 7);
  ledger.take(0, 7, {2, kPlace.name});
  ledger.remove(10, {2, kPlace.name});
  ledger.forget(1);
  ledger.forget(2);
  ledger.settle(at(99'999));
  ledger.remove(20);
  CHECK(ledger.counts() == "2 0 0 0 0");
  CHECK_FALSE(ledger.next_deadline());
}

TEST_CASE(
    "LockLedger: a hold found and gone by scans ends no later than its "
    "successor began") {
  Ledger ledger;
  ledger.scan({}, 0, true);
  ledger.scan({scanned(5, 1000)}, 5000);
  ledger.scan({scanned(6, 99'000, claim_of(8))}, 10'000);  // clock ahead
  CHECK(ledger.of().holds.sum_seconds == doctest::Approx(9));
}
