// SPDX-License-Identifier: Apache-2.0
#include "core/logs/docker_json.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

std::string entry(const std::string& text, const std::string& stream) {
  return R"({"log":")" + text + R"(","stream":")" + stream +
         R"(","time":"2026-11-20T23:16:17.939123456Z"})";
}

std::optional<ConsoleLine> read(DockerJsonDecoder& decoder,
                                const std::string& line) {
  CAPTURE(line);
  const auto decoded = decoder.decode(line);
  REQUIRE(decoded);
  return *decoded;
}

}  // namespace

TEST_CASE("DockerJsonDecoder: an entry is a line, its stream and its time") {
  DockerJsonDecoder decoder;
  const auto line = read(decoder, entry("[ws] x\\n", "stderr"));
  REQUIRE(line);
  CHECK(line->text == "[ws] x");
  CHECK(line->stream == ConsoleStream::err);
  CHECK(line->arrived_at == parse_iso8601("2026-11-20T23:16:17.939Z"));
  CHECK(read(decoder, entry("\\n", "stdout"))->text.empty());
}

TEST_CASE("DockerJsonDecoder: pieces are joined, each stream for itself") {
  DockerJsonDecoder decoder;
  CHECK_FALSE(read(decoder, entry("one ", "stdout")));
  CHECK_FALSE(read(decoder, entry("ONE ", "stderr")));
  CHECK_FALSE(read(decoder, entry("two ", "stdout")));
  const auto out = read(decoder, entry("three\\n", "stdout"));
  REQUIRE(out);
  CHECK(out->text == "one two three");
  CHECK(out->stream == ConsoleStream::out);
  CHECK(read(decoder, entry("TWO\\n", "stderr"))->text == "ONE TWO");
  CHECK(read(decoder, entry("new\\n", "stdout"))->text == "new");
}

TEST_CASE("DockerJsonDecoder: a line without end keeps its first 256 KiB") {
  DockerJsonDecoder decoder;
  const auto piece = entry(std::string(16384, 'x'), "stdout");
  for (int i = 0; i < 100; ++i) CHECK_FALSE(read(decoder, piece));
  const auto line = read(decoder, entry("end\\n", "stdout"));
  REQUIRE(line);
  CHECK(line->text == std::string(LineJoiner::kMaxBytes, 'x'));
}

TEST_CASE("DockerJsonDecoder: what is no entry") {
  DockerJsonDecoder decoder;
  for (const std::string line :
       {"", "{}", R"({"log":"x\n"})", R"({"stream":"stdout"})",
        R"({"log":7,"stream":"stdout"})", R"({"log":"x\n","stream":"x"})",
        R"({"log":"x\n","stream":"stdout")"}) {
    CAPTURE(line);
    const auto decoded = decoder.decode(line);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.problem().fault == Fault::malformed);
  }
  const auto big = decoder.decode(std::string(kMaxLogLineBytes + 1, 'x'));
  REQUIRE_FALSE(big);
  CHECK(big.problem().fault == Fault::too_big);
}
