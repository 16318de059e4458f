// SPDX-License-Identifier: Apache-2.0
#include "core/logs/journald_json.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

std::optional<ConsoleLine> read(JournaldJsonDecoder& decoder,
                                const std::string& line) {
  CAPTURE(line);
  const auto decoded = decoder.decode(line);
  REQUIRE(decoded);
  return *decoded;
}

}  // namespace

TEST_CASE("JournaldJsonDecoder: a message and its time of arrival") {
  JournaldJsonDecoder decoder;
  const auto line =
      read(decoder,
           R"({"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1795216202836123",)"
           R"("_PID":"26564","PRIORITY":"6","MESSAGE":"[ws] x",)"
           R"("_TRANSPORT":"stdout","_SYSTEMD_USER_UNIT":"openclaw.service"})");
  REQUIRE(line);
  CHECK(line->text == "[ws] x");
  CHECK(line->stream == ConsoleStream::unknown);
  CHECK(line->arrived_at == parse_iso8601("2026-11-20T23:10:02.836Z"));
}

TEST_CASE("JournaldJsonDecoder: a message of bytes (colours, bad UTF-8)") {
  JournaldJsonDecoder decoder;
  CHECK(read(decoder, R"({"MESSAGE":[27,91,51,49,109,120,255]})")->text ==
        "\x1b[31mx\xff");
}

TEST_CASE("JournaldJsonDecoder: a message that the output left out") {
  JournaldJsonDecoder decoder;
  CHECK_FALSE(read(decoder, R"({"MESSAGE":null,"_PID":"1"})"));
}

TEST_CASE("JournaldJsonDecoder: lines that journald has cut are joined") {
  JournaldJsonDecoder decoder;
  CHECK_FALSE(read(decoder, R"({"_LINE_BREAK":"line-max","MESSAGE":"one "})"));
  CHECK(read(decoder, R"({"MESSAGE":"two"})")->text == "one two");
  CHECK(read(decoder, R"({"_LINE_BREAK":"eof","MESSAGE":"x"})")->text == "x");
}

TEST_CASE("JournaldJsonDecoder: a wrong time is none") {
  JournaldJsonDecoder decoder;
  for (const std::string time :
       {"\"\"", "\"-1\"", "\"x\"", "7", "\"9223372036854775807\""}) {
    CHECK_FALSE(
        read(decoder, R"({"MESSAGE":"x","__REALTIME_TIMESTAMP":)" + time + "}")
            ->arrived_at);
  }
}

TEST_CASE("JournaldJsonDecoder: what is no entry") {
  JournaldJsonDecoder decoder;
  for (const std::string line :
       {"", "{}", "[]", "-- No entries --", R"({"message":"x"})",
        R"({"MESSAGE":["one","two"]})", R"({"MESSAGE":[256]})",
        R"({"MESSAGE":[[1]]})", R"({"MESSAGE":{"a":1}})",
        R"({"MESSAGE":"x")"}) {
    CAPTURE(line);
    const auto decoded = decoder.decode(line);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.problem().fault == Fault::malformed);
  }
  const auto big = decoder.decode(std::string(kMaxLogLineBytes + 1, 'x'));
  REQUIRE_FALSE(big);
  CHECK(big.problem().fault == Fault::too_big);
}
