// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/gateway_claim.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

TEST_CASE("parse_gateway_claim: 2026.5.22") {
  const auto claim = parse_gateway_claim(
      R"({"pid":5389,"createdAt":"2026-11-20T23:30:27.236Z","configPath":)"
      R"("/home/node/.openclaw/openclaw.json","startTime":250254})");
  REQUIRE(claim);
  CHECK(*claim ==
        GatewayClaim{5389, 250254, parse_iso8601("2026-11-20T23:30:27.236Z"),
                     "/home/node/.openclaw/openclaw.json", "", "", false});
}

TEST_CASE("parse_gateway_claim: 2026.9.6, with a line of blanks behind it") {
  const auto claim = parse_gateway_claim(
      "{\n  \"pid\": 26564,\n"
      "  \"ownerId\": \"605f19eb-f9d1-4356-aba9-cd17a1ed613f\",\n"
      "  \"cronOwnerProjection\": \"dynamic-default-v1\",\n"
      "  \"createdAt\": \"2026-11-20T23:26:59.217Z\",\n"
      "  \"configPath\": \"/home/node/.openclaw/openclaw.json\",\n"
      "  \"stateDir\": \"/home/node/.openclaw\",\n"
      "  \"port\": 19000,\n  \"startTime\": 229035\n}\n"
      "\t\t\t\t\t\t\t\t\t \t \t\t \t   \t\t\t   \t   \t\t \t\t  \n");
  REQUIRE(claim);
  CHECK(*claim == GatewayClaim{26564, 229035,
                               parse_iso8601("2026-11-20T23:26:59.217Z"),
                               "/home/node/.openclaw/openclaw.json",
                               "/home/node/.openclaw", "", true});
}

TEST_CASE("parse_gateway_claim: the role of a lock that is no gateway's") {
  const auto claim =
      parse_gateway_claim(R"({"pid":7,"role":"agent-embedded"})");
  REQUIRE(claim);
  CHECK(claim->role == "agent-embedded");
}

TEST_CASE("parse_gateway_claim: fields of the wrong type are missing") {
  const auto claim = parse_gateway_claim(
      R"({"pid":"7","startTime":-1,"configPath":1,"ownerId":2,"role":[]})");
  REQUIRE(claim);
  CHECK(*claim == GatewayClaim{});
  CHECK_FALSE(parse_gateway_claim(R"({"pid":0})")->pid);
  CHECK_FALSE(parse_gateway_claim(R"({"pid":2147483648})")->pid);
}

TEST_CASE("parse_gateway_claim: createdAt is what JavaScript makes of it") {
  const auto created = [](const std::string& text) {
    return parse_gateway_claim("{\"createdAt\":\"" + text + "\"}")->created_at;
  };
  CHECK(created("2026-11-20t23:30:27z") ==
        parse_iso8601("2026-11-20T23:30:27.000Z"));
  CHECK_FALSE(created("2026-11-20T23:30:60Z"));
  CHECK_FALSE(created("2026-11-20T23:30:27"));  // of a zone that is not known
}

TEST_CASE("parse_gateway_claim: what is no object") {
  for (const std::string body :
       {"", " ", "[]", "7", "{", "{}x", "\xEF\xBB\xBF{\"pid\":7}"}) {
    CAPTURE(body);
    const auto claim = parse_gateway_claim(body);
    REQUIRE_FALSE(claim);
    CHECK(claim.problem().fault == Fault::malformed);
  }
  CHECK(parse_gateway_claim(std::string(4097, ' ')).problem().fault ==
        Fault::too_big);
}
