// SPDX-License-Identifier: Apache-2.0
#include "core/disk/pressure_ledger.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::chrono_literals;

TEST_CASE("PressureLedger: nothing before a group is seen") {
  PressureLedger ledger;
  ledger.observe({});
  CHECK_FALSE(ledger.total());
}

TEST_CASE("PressureLedger: what a group loses from the first look on") {
  PressureLedger ledger;
  ledger.observe({{"/a", {100s, 50s}}});
  CHECK(ledger.total() == Pressure{0s, 0s});
  ledger.observe({{"/a", {103s, 51s}}});
  ledger.observe({{"/a", {104s, 51s}}});
  CHECK(ledger.total() == Pressure{4s, 1s});
}

TEST_CASE("PressureLedger: of several groups the one that loses most") {
  PressureLedger ledger;
  ledger.observe({{"/a", {100s, 50s}}, {"/b", {10s, 5s}}});
  ledger.observe({{"/a", {101s, 50s}}, {"/b", {13s, 7s}}});
  CHECK(ledger.total() == Pressure{3s, 2s});
}

TEST_CASE("PressureLedger: groups come and go, the sum never goes back") {
  PressureLedger ledger;
  ledger.observe({{"/a", {100s, 50s}}});
  ledger.observe({{"/b", {900s, 800s}}});
  ledger.observe({});
  CHECK(ledger.total() == Pressure{0s, 0s});
  ledger.observe({{"/b", {901s, 801s}}});  // as if it were new
  ledger.observe({{"/b", {902s, 802s}}});
  CHECK(ledger.total() == Pressure{1s, 1s});
  ledger.observe({{"/b", {2s, 1s}}});  // another one of its name
  CHECK(ledger.total() == Pressure{3s, 2s});
}

TEST_CASE("PressureLedger: a kernel that tells no full") {
  PressureLedger ledger;
  ledger.observe({{"/a", {1s, {}}}});
  ledger.observe({{"/a", {2s, {}}}});
  CHECK(ledger.total() == Pressure{1s, {}});
}
