// SPDX-License-Identifier: Apache-2.0
#include "core/logs/cri.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

std::optional<ConsoleLine> read(CriDecoder& decoder, const std::string& line) {
  CAPTURE(line);
  const auto decoded = decoder.decode(line);
  REQUIRE(decoded);
  return *decoded;
}

}  // namespace

TEST_CASE("CriDecoder: a line, its stream and its time") {
  CriDecoder decoder;
  const auto line =
      read(decoder, "2026-06-05T00:11:06.5067599Z stderr F [diagnostic]  x y ");
  REQUIRE(line);
  CHECK(line->text == "[diagnostic]  x y ");
  CHECK(line->stream == ConsoleStream::err);
  CHECK(line->arrived_at == parse_iso8601("2026-06-05T00:11:06.506Z"));
}

TEST_CASE("CriDecoder: a local time, an empty line, more tags") {
  CriDecoder decoder;
  const auto empty =
      read(decoder, "2026-06-05T02:11:06.506759912+02:00 stdout F ");
  REQUIRE(empty);
  CHECK(empty->text.empty());
  CHECK(empty->arrived_at == parse_iso8601("2026-06-05T00:11:06.506Z"));
  CHECK(read(decoder, "2026-06-05T00:11:06Z stdout F")->text.empty());
  CHECK(read(decoder, "2026-06-05T00:11:06Z stdout F:x:y z")->text == "z");
}

TEST_CASE("CriDecoder: pieces are joined, each stream for itself") {
  CriDecoder decoder;
  CHECK_FALSE(read(decoder, "2026-06-05T00:11:06.1Z stdout P one "));
  CHECK_FALSE(read(decoder, "2026-06-05T00:11:06.2Z stderr P ONE "));
  CHECK(read(decoder, "2026-06-05T00:11:06.3Z stdout F two")->text ==
        "one two");
  CHECK(read(decoder, "2026-06-05T00:11:06.4Z stderr F TWO")->text ==
        "ONE TWO");
}

TEST_CASE("CriDecoder: what is no line of it") {
  CriDecoder decoder;
  for (const std::string line :
       {"", "x", "2026-06-05T00:11:06Z", "2026-06-05T00:11:06Z stdout",
        "2026-06-05T00:11:06Z stdlog F x", "2026-06-05T00:11:06Z stdout X x",
        "yesterday stdout F x", "2026-06-05T00:11:06Z  stdout F x"}) {
    CAPTURE(line);
    const auto decoded = decoder.decode(line);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.problem().fault == Fault::malformed);
  }
  const auto big = decoder.decode(std::string(kMaxLogLineBytes + 1, 'x'));
  REQUIRE_FALSE(big);
  CHECK(big.problem().fault == Fault::too_big);
}
