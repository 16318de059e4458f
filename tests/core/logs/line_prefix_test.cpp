// SPDX-License-Identifier: Apache-2.0
#include "core/logs/line_prefix.h"

#include <doctest/doctest.h>

#include <string>

#include "core/logs/log_decoder.h"

using namespace openclaw_lock;

namespace {

const std::string kLine =
    "2026-11-20T23:16:17.939+00:00 [diagnostic] lane task error: lane=";

std::string without(const std::string& line) {
  return line.substr(line_prefix(line));
}

/// Incidents of a log whose lines are wrapped so.
template <typename Wrap>
int incidents(Wrap wrap) {
  LogDecoder decoder;
  LineCounts counts{};
  int found = 0;
  for (const std::string lane : {"main", "session:agent:main:main"})
    decoder.decode(wrap(kLine + lane +
                        " durationMs=10011 error=\"Error: session file "
                        "locked (timeout 10000ms): pid=9 "
                        "/s/agents/main/sessions/s1.jsonl.lock\"") +
                       '\n',
                   counts, [&](const LogEvent& event, LogSource) {
                     if (event.incident) ++found;
                   });
  return found;
}

}  // namespace

TEST_CASE("line_prefix: what other writers put in front") {
  for (const std::string prefix :
       {"2026-11-28T16:00:00: ",
        "2026-11-28 16:00:00 +00:00: ",
        "openclaw-gateway-1  | ",
        "0|openclaw  | ",
        "gateway_1 | ",
        "Nov 28 16:00:00 host openclaw[1234]: ",
        "Nov  8 16:00:00 h node: ",
        "2026-11-28T16:00:00+0000 host node[1234]: ",
        "2026-11-28T16:00:00.123456789Z ",
        "2026-11-29T13:00:00.123456+00:00 host openclaw[1234]: ",
        "2026-11-29T13:00:00.123456+00:00 my-host.example node: ",
        "openclaw-gateway-1  | 2026-11-29T13:00:00.123000000Z ",
        "[pod/openclaw-0/gateway] ",
        "[pod/openclaw-0/gateway] 2026-11-29T13:00:00.123456Z ",
        "2026-11-29T13:00:00Z app[e286de4] ams [info]",
        "2026-11-29T13:00:00Z app[e286de4] ams [info] ",
        "<30>Nov 28 16:00:00 host openclaw[1234]: ",
        "<30>1 2026-11-29T13:00:00.123456Z host openclaw 77 - - ",
        "<134>1 2026-11-29T13:00:00Z host openclaw 77 ID47 [a@1 b=\"c\"] ",
        "2026-11-29T13:00:00.123456+00:00 app[web.1]: ",
        "2026-11-29T13:00:00.123000+00:00 openclaw/gateway/77 ",
        "2026-11-29T13:00:00+00:00 {} ",
        "2026-11-29T13:00:00Z {app=\"openclaw\", pod=\"openclaw-0\"} ",
        "\x1b[36mopenclaw-gateway-1  | \x1b[0m",
        "\x1b[36mopenclaw-gateway-1  |\x1b[0m 2026-11-29T13:00:00.1Z "}) {
    CAPTURE(prefix);
    CHECK(without(prefix + kLine) == kLine);
    CHECK(incidents([&](const std::string& line) { return prefix + line; }) ==
          1);
  }
}

TEST_CASE("line_prefix: in front of a terminal's console") {
  const std::string line = "\x1b[90m23:16:17\x1b[39m [diagnostic] x";
  const std::string plain = "23:16:17 [diagnostic] x";
  for (const std::string prefix :
       {"2026-11-29T13:00:00.123456789Z ",
        "[pod/openclaw-0/gateway] 2026-11-29T13:00:00.123456Z ",
        "openclaw-gateway-1  | 2026-11-29T13:00:00.123000000Z ",
        "2026-11-29T13:00:00Z {app=\"openclaw\"} ",
        "2026-11-29T13:00:00+00:00 group/stream "}) {
    CAPTURE(prefix);
    CHECK(without(prefix + plain) == plain);
    CHECK(without(prefix + line) == line.substr(line.find("23")));
  }
}

TEST_CASE("line_prefix: a gateway's own lines have none") {
  CHECK(line_prefix("\x1b[90m23:16:17\x1b[39m [diagnostic] x") == 0);
  CHECK(line_prefix(kLine) == 0);
  CHECK(line_prefix("23:16:17 [diagnostic] x: y") == 0);
  CHECK(line_prefix("[diagnostic] lane | x") == 0);
  CHECK(line_prefix(R"({"0":"x | y","_meta":{}})") == 0);
  CHECK(line_prefix("2026-11-28T16:00:00.123456789Z stdout F line") == 0);
  CHECK(line_prefix("a reply with | in it") == 0);
  CHECK(line_prefix("2026-11-28T16:00:00.123+00:00 [ws] connected: x") == 0);
}

TEST_CASE("LogDecoder: lines in the JSON of a log shipper") {
  const auto quoted = [](const std::string& line) {
    std::string text;
    for (const char c : line) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    return '"' + text + '"';
  };
  CHECK(incidents([&](const std::string& line) {
          return R"({"date":1795880000.12,"stream":"stderr","log":)" +
                 quoted(line) + '}';
        }) == 1);
  for (const std::string more :
       {R"(,"_p":"F","kubernetes":{"pod":"x"}})",
        R"(,"kubernetes":{"pod":"x"}})", R"(,"date":1.5})"}) {
    CAPTURE(more);
    CHECK(incidents([&](const std::string& line) {
            return R"({"time":"2026-11-28T16:00:00.1Z","stream":"stderr",)"
                   R"("log":)" +
                   quoted(line) + more;
          }) == 1);
  }
  CHECK(incidents([&](const std::string& line) {
          return R"({"labels":{"job":"openclaw"},"line":)" + quoted(line) +
                 R"(,"timestamp":"2026-11-28T16:00:00Z"})";
        }) == 1);
  CHECK(incidents([&](const std::string& line) {
          return R"({"file":"/x","host":"h","message":)" + quoted(line) +
                 R"(,"source_type":"file","timestamp":"2026-11-28T16:00:00Z"})";
        }) == 1);
}

TEST_CASE("LogDecoder: a record that another program wrote anew") {
  LogDecoder decoder;
  LineCounts counts{};
  int found = 0;
  const std::string record =
      R"({"0": "{\"subsystem\":\"diagnostic\"}", "1": "lane task error: )"
      R"(lane=session:agent:main:main durationMs=1 error=\"Error: session )"
      R"(file locked (timeout 10000ms): pid=9 /s/agents/main/sessions/)"
      R"(s1.jsonl.lock\"", "_meta": {"name": "{\"subsystem\":\"diagnostic\"}",)"
      R"( "date": "2026-11-28T16:00:00.000Z", "logLevelId": 5}})";
  for (int i = 0; i < 2; ++i)
    decoder.decode(record + '\n', counts,
                   [&](const LogEvent& event, LogSource) {
                     if (event.incident) ++found;
                   });
  CHECK(found == 2);
}
