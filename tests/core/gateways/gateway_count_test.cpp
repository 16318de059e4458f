// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/gateway_count.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

namespace {

using Role = ProcessRole;
using Running = std::vector<ProcessIdentity>;

GatewayCandidate candidate(int pid, int parent, Role role,
                           Answer serves = Answer::no,
                           Answer uses = Answer::yes) {
  return {pid,  parent, static_cast<std::uint64_t>(pid) * 10,
          role, uses,   serves};
}

}  // namespace

TEST_CASE("count_gateways: none") {
  CHECK(count_gateways({}) == GatewayCount{});
  CHECK(count_gateways({candidate(7, 1, Role::command),
                        candidate(8, 1, Role::none)}) == GatewayCount{});
}

TEST_CASE("count_gateways: wrapper and child of 2026.4.24 are one") {
  const auto count = count_gateways(
      {candidate(2121, 1, Role::shared), candidate(2132, 2121, Role::gateway)});
  CHECK(count.running == Running{{2132, 21320}});
  CHECK(count.undecided == 0);
}

TEST_CASE("count_gateways: two pairs are two, the oldest first") {
  const auto count = count_gateways(
      {candidate(3811, 3800, Role::gateway), candidate(3800, 1, Role::shared),
       candidate(2121, 1, Role::shared), candidate(2132, 2121, Role::gateway)});
  CHECK(count.running == Running{{2132, 21320}, {3811, 38110}});
}

TEST_CASE("count_gateways: a wrapper started by node with its arguments") {
  CHECK(count_gateways(
            {candidate(7, 1, Role::started), candidate(8, 7, Role::gateway)})
            .running == Running{{8, 80}});
  CHECK(count_gateways({candidate(7, 1, Role::started)}).running ==
        Running{{7, 70}});
}

TEST_CASE("count_gateways: a duplicate that a gateway started is no child") {
  CHECK(count_gateways(
            {candidate(7, 1, Role::gateway), candidate(8, 7, Role::gateway)})
            .running.size() == 2);
  CHECK(count_gateways({candidate(7, 1, Role::shared, Answer::yes),
                        candidate(8, 7, Role::shared, Answer::yes)})
            .running.size() == 2);
}

TEST_CASE("count_gateways: 2026.5.22 calls gateways and commands openclaw") {
  const auto count =
      count_gateways({candidate(3395, 1, Role::shared, Answer::yes),
                      candidate(5389, 1, Role::shared, Answer::yes),
                      candidate(5899, 5890, Role::shared, Answer::no),
                      candidate(5919, 5899, Role::command)});
  CHECK(count.running == Running{{3395, 33950}, {5389, 53890}});
  CHECK(count.undecided == 0);
}

TEST_CASE("count_gateways: without rights a shared title is undecided") {
  const auto unknown = Answer::unknown;
  CHECK(count_gateways({candidate(7, 1, Role::shared, unknown)}).undecided ==
        1);
  CHECK(count_gateways({candidate(7, 1, Role::gateway, unknown, unknown)}) ==
        GatewayCount{{}, 1});
  CHECK(count_gateways({candidate(7, 1, Role::gateway, unknown, Answer::no)}) ==
        GatewayCount{});
  CHECK(count_gateways({candidate(7, 1, Role::shared, unknown),
                        candidate(8, 7, Role::command)}) == GatewayCount{});
}

TEST_CASE("count_gateways: an older process with the parent's pid is none") {
  auto child = candidate(8, 70, Role::gateway);
  const auto count = count_gateways({candidate(70, 1, Role::started), child});
  CHECK(count.running.size() == 2);
}

TEST_CASE("count_gateways: a possible one counts by what it does") {
  CHECK(
      count_gateways({candidate(7, 1, Role::possible, Answer::yes)}).running ==
      Running{{7, 70}});
  CHECK(count_gateways({candidate(7, 1, Role::possible)}) == GatewayCount{});
  const auto unknown = Answer::unknown;
  CHECK(count_gateways({candidate(7, 1, Role::possible, unknown)}).undecided ==
        1);
  CHECK(count_gateways({candidate(7, 1, Role::possible, unknown, unknown)}) ==
        GatewayCount{});
}

TEST_CASE("count_gateways: tini above a gateway is none") {
  CHECK(count_gateways(
            {candidate(1, 0, Role::possible), candidate(7, 1, Role::started)})
            .running == Running{{7, 70}});
}
