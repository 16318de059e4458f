// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/oom_ledger.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

TEST_CASE("OomLedger: counts from the first sight of a group on") {
  OomLedger ledger;
  CHECK_FALSE(ledger.total());
  ledger.observe({{"/a", 3}});
  CHECK(ledger.total() == 0U);
  ledger.observe({{"/a", 5}, {"/b", 7}});
  CHECK(ledger.total() == 2U);
  // Another of its name: it ended and began anew.
  ledger.observe({{"/a", 1}});
  CHECK(ledger.total() == 3U);
  ledger.observe({});
  CHECK(ledger.total() == 3U);
}
