// SPDX-License-Identifier: Apache-2.0
#include "core/locks/lock_claim.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

LockClaim read(const std::string& body) {
  CAPTURE(body);
  const auto claim = parse_lock_claim(body);
  REQUIRE(claim);
  return *claim;
}

std::optional<Fault> fault(const std::string& body) {
  const auto claim = parse_lock_claim(body);
  if (claim) return {};
  return claim.problem().fault;
}

}  // namespace

TEST_CASE("parse_lock_claim: as 2026.4.24 writes it") {
  const auto claim = read(
      "{\n  \"pid\": 25434,\n  \"createdAt\": \"2026-11-20T23:10:56.839Z\",\n"
      "  \"starttime\": 118885\n}");
  CHECK(claim.pid == 25434);
  CHECK(claim.created_at == parse_iso8601("2026-11-20T23:10:56.839Z"));
  CHECK(claim.start_ticks == 118885U);
  CHECK_FALSE(claim.max_hold);
}

TEST_CASE("parse_lock_claim: as 2026.5.22 writes it, with a newline behind") {
  const auto claim = read(
      "{\n  \"pid\": 13673,\n  \"createdAt\": \"2026-11-20T23:21:29.495Z\",\n"
      "  \"maxHoldMs\": 1020000,\n  \"starttime\": 183700\n}\n");
  CHECK(claim.pid == 13673);
  CHECK(claim.start_ticks == 183700U);
  CHECK(claim.max_hold == std::chrono::milliseconds{1'020'000});
}

TEST_CASE("parse_lock_claim: as 2026.1.29 writes it") {
  const auto claim =
      read(R"({"pid": 42, "createdAt": "2026-01-29T08:00:00.000Z"})");
  CHECK(claim.pid == 42);
  CHECK(claim.created_at);
  CHECK_FALSE(claim.start_ticks);
}

TEST_CASE("parse_lock_claim: the store lock up to 2026.2.12 has startedAt") {
  const auto claim = read(R"({"pid": 42, "startedAt": 1795216202836})");
  CHECK(claim.created_at == parse_iso8601("2026-11-20T23:10:02.836Z"));
  CHECK_FALSE(read(R"({"startedAt": "1795216202836"})").created_at);
  CHECK_FALSE(read(R"({"startedAt": 253402300800000})").created_at);
  CHECK_FALSE(read(R"({"startedAt": -1})").created_at);
}

TEST_CASE("parse_lock_claim: white space around the object is accepted") {
  const std::string token = "\n\t\t\t\t\t\t\t\t \t \t  \t\t \n";
  CHECK(read(" \r\n\t{\"pid\": 7}" + token).pid == 7);
}

TEST_CASE(
    "parse_lock_claim: an object without known fields is an empty "
    "claim") {
  CHECK(read("{}") == LockClaim{});
  CHECK(read(R"({"PID": 7, "owner": {"pid": 8}})") == LockClaim{});
}

TEST_CASE("parse_lock_claim: fields of the wrong type count as missing") {
  for (const std::string value :
       {"\"25434\"", "null", "true", "[25434]", "{\"pid\": 1}", "1.5", "-25434",
        "1e300", "\"\""}) {
    CAPTURE(value);
    CHECK_FALSE(read("{\"pid\": " + value + "}").pid);
    CHECK_FALSE(read("{\"starttime\": " + value + "}").start_ticks);
    CHECK_FALSE(read("{\"maxHoldMs\": " + value + "}").max_hold);
    CHECK_FALSE(read("{\"createdAt\": " + value + "}").created_at);
  }
}

TEST_CASE("parse_lock_claim: one wrong field spoils no other") {
  const auto claim = read(
      R"({"pid": "x", "createdAt": "2026-11-20T23:10:56.839Z", "starttime": 5})");
  CHECK_FALSE(claim.pid);
  CHECK(claim.created_at);
  CHECK(claim.start_ticks == 5U);
}

TEST_CASE("parse_lock_claim: a pid is from 1 to 2^31-1") {
  CHECK(read(R"({"pid": 1})").pid == 1);
  CHECK(read(R"({"pid": 2147483647})").pid == 2147483647);
  for (const std::string pid :
       {"0", "-1", "2147483648", "4294967297", "9223372036854775807",
        "9223372036854775808", "18446744073709551616", "1e19"}) {
    CAPTURE(pid);
    CHECK_FALSE(read("{\"pid\": " + pid + "}").pid);
  }
}

TEST_CASE(
    "parse_lock_claim: whole numbers in any notation, as JavaScript's "
    "isInteger has it") {
  CHECK(read(R"({"pid": 123.0})").pid == 123);
  CHECK(read(R"({"pid": 1.23e2})").pid == 123);
  CHECK(read(R"({"starttime": 1e5})").start_ticks == 100'000U);
}

TEST_CASE("parse_lock_claim: start ticks are from 0 to 2^63-1") {
  CHECK(read(R"({"starttime": 0})").start_ticks == 0U);
  CHECK(read(R"({"starttime": 9223372036854775807})").start_ticks ==
        9223372036854775807U);
  CHECK_FALSE(read(R"({"starttime": 9223372036854775808})").start_ticks);
  CHECK_FALSE(read(R"({"starttime": 18446744073709551615})").start_ticks);
}

TEST_CASE("parse_lock_claim: the hold limit is above 0 and has an end") {
  CHECK(read(R"({"maxHoldMs": 1})").max_hold == std::chrono::milliseconds{1});
  CHECK_FALSE(read(R"({"maxHoldMs": 0})").max_hold);
  CHECK_FALSE(read(R"({"maxHoldMs": 9223372036854775807})").max_hold);
}

TEST_CASE("parse_lock_claim: a createdAt that is no time counts as missing") {
  for (const std::string time :
       {"", "yesterday", "2026-13-20T23:10:56.839Z", "2016-12-31T23:59:60Z",
        "2026-11-20T23:10:60.000Z", "1795216202836"}) {
    CAPTURE(time);
    CHECK_FALSE(read("{\"createdAt\": \"" + time + "\"}").created_at);
  }
}

TEST_CASE("parse_lock_claim: createdAt is what JavaScript makes of it") {
  const auto created = [](const std::string& text) {
    return read("{\"createdAt\": \"" + text + "\"}");
  };
  const auto at = parse_iso8601("2026-11-20T23:10:56.839Z");
  for (const std::string text :
       {"2026-11-20t23:10:56.839z", "2026-11-21T01:10:56.839+0200",
        "+002026-11-20T23:10:56.839999Z"}) {
    CAPTURE(text);
    CHECK(created(text).created_at == at);
    CHECK_FALSE(created(text).created_in_local_time);
  }
  CHECK(created("2026-11-20").created_at ==
        parse_iso8601("2026-11-20T00:00:00Z"));
  const auto local = created("2026-11-20T23:10:56.839");
  CHECK(local.created_at == at);
  CHECK(local.created_in_local_time);
}

TEST_CASE(
    "parse_lock_claim: a createdAt that is a text goes before startedAt") {
  CHECK_FALSE(read(R"({"startedAt": 1, "createdAt": "no"})").created_at);
  const auto claim = read(
      R"({"startedAt": 1, "createdAt": "2026-11-20T10:00", "createdAt": 2})");
  CHECK(claim.created_at == WallTime{std::chrono::milliseconds{1}});
  CHECK_FALSE(claim.created_in_local_time);
}

TEST_CASE("parse_lock_claim: text that is no Unicode spoils nothing") {
  CHECK(read("{\"a\": \"\377\", \"pid\": 7}").pid == 7);
  CHECK(read(R"({"a": "\ud800", "pid": 7})").pid == 7);
}

TEST_CASE("parse_lock_claim: what is not a JSON object is malformed") {
  using namespace std::string_literals;
  for (const auto& body : {""s,
                           " \n"s,
                           "{"s,
                           "{\n  \"pid\": 254"s,
                           "{\"pid\": 1"s,
                           "null"s,
                           "7"s,
                           "[]"s,
                           "[{\"pid\": 1}]"s,
                           "\"{}\""s,
                           "{} {}"s,
                           "{}x"s,
                           "{'pid': 1}"s,
                           "{\"pid\": 1,}"s,
                           "not json\0\377"s,
                           "\0"s,
                           "{}\0"s,
                           "{\"pid\": 01}"s,
                           "\xEF\xBB\xBF{\"pid\": 1}"s,
                           "\xFE\xFF{}"s,
                           "{\"pid\": NaN}"s}) {
    CAPTURE(body);
    CHECK(fault(body) == Fault::malformed);
  }
}

TEST_CASE("parse_lock_claim: 4096 bytes are read, 4097 are too big") {
  const std::string object = R"({"pid": 7})";
  const std::string longest =
      object + std::string(kMaxLockBytes - object.size(), ' ');
  CHECK(read(longest).pid == 7);
  CHECK(fault(longest + ' ') == Fault::too_big);
}

TEST_CASE("parse_lock_claim: 16 levels are read, 17 are malformed") {
  const auto nested = [](std::size_t levels) {
    return "{\"pid\": 7, \"a\": " + std::string(levels - 1, '[') +
           std::string(levels - 1, ']') + "}";
  };
  CHECK(read(nested(16)).pid == 7);
  CHECK(fault(nested(17)) == Fault::malformed);
  CHECK(fault(std::string(2048, '[')) == Fault::malformed);
  std::string objects;
  for (int i = 0; i < 600; ++i) objects += "{\"a\":";
  CHECK(fault(objects) == Fault::malformed);
}

TEST_CASE("parse_lock_claim: brackets in strings are no levels") {
  CHECK(read("{\"pid\": 7, \"a\": \"" + std::string(40, '[') + "\"}").pid == 7);
  CHECK(read(R"({"pid": 7, "a": "\"[[[[[[[[[[[[[[[[[[[["})").pid == 7);
  CHECK(fault("{\"a\": \"" + std::string(40, ']') +
              "\", \"b\": " + std::string(40, '[') + std::string(40, ']') +
              "}") == Fault::malformed);
}

TEST_CASE("parse_lock_claim: of a key given twice the last one counts") {
  CHECK(read(R"({"pid": 7, "pid": 8})").pid == 8);
  CHECK_FALSE(read(R"({"pid": 7, "pid": "8"})").pid);
}

TEST_CASE("parse_lock_claim: the gateway's own lock of era C is readable") {
  const auto claim = read(
      "{\n  \"pid\": 439,\n  \"ownerId\": \"1bec6978\",\n"
      "  \"createdAt\": \"2026-11-20T23:39:42.805Z\",\n  \"port\": 19000,\n"
      "  \"startTime\": 305673\n}\n\t\t\t \t  \t\n");
  CHECK(claim.pid == 439);
  CHECK_FALSE(claim.start_ticks);
}
