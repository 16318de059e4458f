// SPDX-License-Identifier: Apache-2.0
#include "core/disk/delay_ledger.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

TEST_CASE("DelayLedger: threads come and go, the sum never goes back") {
  DelayLedger ledger;
  ledger.observe({});
  CHECK_FALSE(ledger.total());
  ledger.observe({{{7, 100}, 3}, {{8, 100}, 0}});
  CHECK(ledger.total() == 3);
  ledger.observe({{{7, 100}, 5}, {{9, 100}, 4}});
  CHECK(ledger.total() == 9);
  ledger.observe({{{7, 200}, 1}});  // another process
  CHECK(ledger.total() == 10);
  ledger.observe({});
  CHECK(ledger.total() == 10);
}

TEST_CASE("DelayLedger: a thread whose figure went back is another one") {
  DelayLedger ledger;
  ledger.observe({{{7, 100}, 9}});
  ledger.observe({{{7, 100}, 2}});
  CHECK(ledger.total() == 11);
}
