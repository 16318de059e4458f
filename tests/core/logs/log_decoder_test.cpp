// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_decoder.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/captures.h"
#include "tests/support/log_records.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

const std::string kConsole =
    "2026.4.24/05-embedded-holds-gateway-turn-times-out/console.new";
const std::string kFileLog =
    "2026.4.24/05-embedded-holds-gateway-turn-times-out/filelog.new";
const WallTime kArrived = *parse_iso8601("2026-11-20T23:59:59.000Z");

/// A decoder, and what it has told.
struct Decoded {
  explicit Decoded(const LogLayout& layout = {}) : decoder{layout} {}

  Decoded& take(const std::string& lines) {
    decoder.decode(lines, counts, visitor());
    return *this;
  }
  Decoded& take(const ConsoleLine& line) {
    decoder.decode(line, counts, visitor());
    return *this;
  }

  LogDecoder::Visitor visitor() {
    return [this](const LogEvent& event, LogSource from) {
      if (event.incident) ++incidents;
      source = from;
    };
  }

  LogDecoder decoder;
  LineCounts counts{};
  int incidents = 0;
  LogSource source = LogSource::file_log;
};

LogLayout layout_of(std::optional<LineFormat> line,
                    std::optional<LineFormat> console = {}) {
  return {line, console};
}

std::string console_json(const std::string& level, const std::string& subsystem,
                         const std::string& message) {
  return nlohmann::json{{"time", "2026-11-20T23:16:17.940Z"},
                        {"level", level},
                        {"subsystem", subsystem},
                        {"message", message}}
      .dump();
}

const std::string kSentence =
    "session file locked (timeout 10000ms): pid=5809 "
    "/s/agents/main/sessions/x.jsonl.lock";

std::string lane_error(const std::string& lane) {
  return "lane task error: lane=" + lane + " durationMs=10419 error=\"" +
         kSentence + '"';
}

std::string incident_in_console_json() {
  return console_json("error", "diagnostic",
                      lane_error("session:agent:main:main"));
}

/// A capture in a wrapper; errors on stderr as gateways have it.
std::string wrap(const std::string& text, wrapped::Wrap wrap_line) {
  std::string log;
  for (const auto& line : lines_of(text))
    log += wrap_line(line, line.find("[diagnostic]") != std::string::npos);
  return log;
}

}  // namespace

TEST_CASE("LogDecoder: a plain console and a file log, as captured") {
  Decoded console;
  console.take(read_capture(kConsole));
  CHECK(console.counts == LineCounts{3, 0, 0, 0});
  CHECK(console.incidents == 1);
  CHECK(console.source == LogSource::console_text);
  CHECK(console.decoder.layout() == layout_of(LineFormat::console_text));

  Decoded file_log;
  file_log.take(read_capture(kFileLog));
  CHECK(file_log.counts == LineCounts{7, 0, 0, 0});
  CHECK(file_log.incidents == 2);
  CHECK(file_log.source == LogSource::file_log);
  CHECK(file_log.decoder.layout() == layout_of(LineFormat::openclaw_json));
}

TEST_CASE("LogDecoder: a text console in a wrapper") {
  const struct {
    wrapped::Wrap wrap_line;
    LineFormat format;
  } wrappers[] = {{wrapped::docker, LineFormat::docker_json},
                  {wrapped::cri, LineFormat::cri},
                  {wrapped::journald, LineFormat::journald_json}};
  for (const auto& wrapper : wrappers) {
    CAPTURE(static_cast<int>(wrapper.format));
    Decoded log;
    log.take(wrap(read_capture(kConsole), wrapper.wrap_line));
    CHECK(log.counts == LineCounts{3, 0, 0, 0});
    CHECK(log.incidents == 1);
    CHECK(log.source == LogSource::console_text);
    CHECK(log.decoder.layout() ==
          layout_of(wrapper.format, LineFormat::console_text));
  }
}

TEST_CASE("LogDecoder: a JSON console, plain and in a wrapper") {
  const auto ready = console_json("info", "gateway", "ready");
  Decoded plain;
  plain.take(ready + '\n' + incident_in_console_json() + '\n');
  CHECK(plain.counts == LineCounts{1, 1, 0, 0});
  CHECK(plain.incidents == 1);
  CHECK(plain.source == LogSource::console_json);
  CHECK(plain.decoder.layout() == layout_of(LineFormat::console_json));

  for (const auto wrap_line :
       {wrapped::docker, wrapped::cri, wrapped::journald}) {
    Decoded log;
    log.take(wrap_line(ready, false) +
             wrap_line(incident_in_console_json(), true));
    CHECK(log.counts == LineCounts{1, 1, 0, 0});
    CHECK(log.incidents == 1);
    CHECK(log.source == LogSource::console_json);
    CHECK(log.decoder.layout().console == LineFormat::console_json);
  }
}

TEST_CASE("LogDecoder: a journal's lines one by one") {
  Decoded text;
  for (const auto& line : lines_of(read_capture(kConsole)))
    text.take(ConsoleLine{line, ConsoleStream::unknown, kArrived});
  CHECK(text.incidents == 1);
  CHECK(text.decoder.layout() == layout_of({}, LineFormat::console_text));

  Decoded json;
  json.take(ConsoleLine{incident_in_console_json(), {}, kArrived});
  json.take(ConsoleLine{"", {}, kArrived});
  CHECK(json.counts == LineCounts{1, 1, 0, 0});
  CHECK(json.decoder.layout() == layout_of({}, LineFormat::console_json));
}

TEST_CASE("LogDecoder: forged lines of another format change nothing") {
  const auto record = log_records::incident(1);
  const std::vector<std::string> forged{
      record.substr(0, record.size() - 1), incident_in_console_json(),
      lines_of(wrapped::docker(lane_error("session:agent:main:main"), true))[0],
      lines_of(wrapped::cri(lane_error("session:agent:main:main"), true))[0],
      lines_of(wrapped::journald(lane_error("x"), true))[0]};
  const auto repeated = [&](wrapped::Wrap wrap_line) {
    std::string log;
    for (int i = 0; i < 2 * LogDecoder::kMaxMalformed; ++i)
      for (const auto& line : forged)
        log += wrap_line ? wrap_line(line, false) : line + '\n';
    return log;
  };
  const std::string reply = "2026-11-20T23:59:58.900+00:00 here you are:";

  Decoded plain;
  plain.take(reply + '\n' + repeated(nullptr));
  CHECK(plain.counts[0] == 0);
  CHECK(plain.decoder.layout() == layout_of(LineFormat::console_text));

  for (const auto wrap_line :
       {wrapped::docker, wrapped::cri, wrapped::journald}) {
    Decoded log;
    log.take(wrap_line(reply, false) + repeated(wrap_line));
    CHECK(log.counts[0] == 0);
    CHECK(log.counts[2] == 0);
    CHECK(log.decoder.layout().console == LineFormat::console_text);
  }
}

TEST_CASE("LogDecoder: replies in captures are no events in any wrapper") {
  for (const std::string version : {"2026.4.24", "2026.5.22"}) {
    const auto console =
        read_capture(version + "/14-reply-text-in-log/console.new");
    Decoded plain;
    CHECK(plain.take(console).counts[0] == 0);
    Decoded docker;
    for (const auto& line : lines_of(console))
      docker.take(wrapped::docker(line, false));
    CHECK(docker.counts[0] == 0);
    Decoded file_log;
    file_log.take(read_capture(version + "/14-reply-text-in-log/filelog.new"));
    CHECK(file_log.counts[0] == 0);
  }
}

TEST_CASE("LogDecoder: the format is kept until 20 lines in a row are not it") {
  const auto json = console_json("info", "gateway", "ready") + '\n';
  const std::string text = "2026-11-20T23:16:17.939+00:00 [gateway] ready\n";
  Decoded log;
  log.take(json);
  for (int i = 0; i < LogDecoder::kMaxMalformed - 1; ++i) log.take(text);
  log.take(json);
  for (int i = 0; i < LogDecoder::kMaxMalformed - 1; ++i) log.take(text);
  CHECK(log.decoder.layout() == layout_of(LineFormat::console_json));
  log.take(text);
  CHECK(log.decoder.layout() == layout_of({}));
  CHECK(log.counts == LineCounts{0, 41, 0, 0});
  CHECK_FALSE(log.decoder.is_lost());
  log.take(read_capture(kConsole));
  CHECK(log.decoder.layout() == layout_of(LineFormat::console_text));
  CHECK(log.incidents == 1);
}

TEST_CASE("LogDecoder: relearns within one piece, also inside a wrapper") {
  std::string text;
  for (int i = 0; i < LogDecoder::kMaxMalformed; ++i)
    text += "2026-11-20T23:16:17.000+00:00 [gateway] ready\n";
  Decoded plain;
  plain.take(console_json("info", "gateway", "ready") + '\n' + text +
             read_capture(kConsole));
  CHECK(plain.incidents == 1);

  Decoded docker;
  docker.take(wrapped::docker(console_json("info", "gateway", "ready"), false) +
              wrap(text, wrapped::docker) +
              wrap(read_capture(kConsole), wrapped::docker));
  CHECK(docker.counts == LineCounts{3, 21, 0, 0});
  CHECK(docker.incidents == 1);
}

TEST_CASE("LogDecoder: a journal's console that becomes text") {
  Decoded log;
  log.take(ConsoleLine{console_json("info", "gateway", "ready"), {}, kArrived});
  for (int i = 0; i < LogDecoder::kMaxMalformed; ++i)
    log.take(ConsoleLine{
        "2026-11-20T23:16:17.000+00:00 [gateway] ready", {}, kArrived});
  for (const auto& line : lines_of(read_capture(kConsole)))
    log.take(ConsoleLine{line, {}, kArrived});
  CHECK(log.counts == LineCounts{3, 21, 0, 0});
  CHECK(log.incidents == 1);
}

TEST_CASE("LogDecoder: text between the JSON of a console is read at once") {
  const auto json = console_json("info", "gateway", "ready");
  Decoded plain;
  plain.take(json + '\n' + read_capture(kConsole) + json + '\n');
  CHECK(plain.incidents == 1);
  CHECK(plain.decoder.layout() == layout_of(LineFormat::console_json));
  Decoded docker;
  docker.take(wrapped::docker(json, false) +
              wrap(read_capture(kConsole), wrapped::docker));
  CHECK(docker.incidents == 1);
}

TEST_CASE("LogDecoder: a plain console that becomes JSON while it is read") {
  const auto read_at = *parse_iso8601("2026-11-20T23:16:19.000Z");
  const auto incidents = [&](std::string lines, auto... at) {
    Decoded log;
    lines.insert(0, "2026-11-20T23:16:17.000+00:00 [gateway] ready\n");
    log.decoder.decode(lines, log.counts, log.visitor(), at...);
    return log.incidents;
  };
  // Twice: for its twin on a plain console, see IncidentTwins.
  std::string lines = console_json("error", "diagnostic", lane_error("main")) +
                      '\n' + incident_in_console_json() + '\n';
  for (int i = 2; i < LogDecoder::kMaxMalformed; ++i)
    lines += console_json("info", "gateway", "ready") + '\n';
  CHECK(incidents(lines, read_at) == 1);
  CHECK(incidents(lines + lines, read_at) == 2);
  // A reply does not know when it will be printed, and ends.
  CHECK(incidents("2026-11-20T23:17:00.000+00:00 [gateway] ready\n" + lines,
                  read_at + 1h) == 0);
  CHECK(incidents(lines, read_at - 5s) == 0);
  CHECK(incidents(lines) == 0);
  CHECK(incidents(lines.substr(0, lines.size() - 2), read_at) == 0);
  CHECK(incidents(lines.substr(0, lines.find('\n', 600)) +
                      "\n2026-11-20T23:16:18.000+00:00 [gateway] ready\n",
                  read_at) == 0);
}

TEST_CASE("LogDecoder: a console that becomes JSON, by the time it tells") {
  const std::string text = "2026-11-20T23:59:58.900+00:00 [gateway] ready";
  const auto json = [](const char* time) {
    return nlohmann::json{{"time", time},
                          {"level", "error"},
                          {"subsystem", "diagnostic"},
                          {"message", lane_error("session:agent:main:main")}}
        .dump();
  };
  const auto now = json("2026-11-20T23:59:58.500Z");
  const auto forged = json("2026-11-20T23:59:56.000Z");
  const auto replay = [&](const std::string& line, wrapped::Wrap wrap_line) {
    Decoded log;
    log.take(wrap_line(text, false));
    for (int i = 0; i < LogDecoder::kMaxMalformed + 1; ++i)
      log.take(wrap_line(line, false));
    return log.incidents;
  };
  for (const auto wrap_line :
       {wrapped::docker, wrapped::cri, wrapped::journald}) {
    CHECK(replay(now, wrap_line) == LogDecoder::kMaxMalformed + 1);
    CHECK(replay(forged, wrap_line) == 0);
  }
  Decoded journal;
  journal.take(ConsoleLine{text, {}, kArrived});
  for (int i = 0; i < LogDecoder::kMaxMalformed + 1; ++i)
    journal.take(ConsoleLine{now, {}, kArrived});
  CHECK(journal.counts == LineCounts{1, 1, 20, 0});
  // Nothing tells when a plain file's lines arrived.
  CHECK(replay(now,
               [](const std::string& line, bool) { return line + '\n'; }) == 0);
}

TEST_CASE("LogDecoder: NUL bytes in front of a line are skipped") {
  const std::string hole(5000, '\0');
  Decoded log;
  log.take(hole + log_records::incident(1));
  log.take(hole + log_records::incident(2));
  log.take(hole + '\n');
  CHECK(log.counts == LineCounts{2, 1, 0, 0});
  CHECK(log.incidents == 2);
  Decoded console;
  console.take(hole + read_capture(kConsole));
  CHECK(console.incidents == 1);
}

TEST_CASE("LogDecoder: empty lines are ignored, and prove nothing") {
  Decoded log;
  log.take("\n\n\n");
  CHECK(log.counts == LineCounts{0, 3, 0, 0});
  CHECK(log.decoder.layout() == layout_of({}));
  log.take(log_records::plain(1) + '\n' + log_records::incident(2));
  CHECK(log.counts[0] == 1);
}

TEST_CASE("LogDecoder: a log of no known format is unparsed") {
  Decoded log;
  for (int i = 0; i < 30; ++i) log.take("npm error code 128\n[]\n{}\n");
  CHECK(log.counts == LineCounts{0, 0, 90, 0});
  CHECK(log.decoder.layout() == layout_of({}));
  log.take(log_records::incident(1));
  CHECK(log.incidents == 1);
}

TEST_CASE("LogDecoder: a wrapper around something else is unparsed") {
  Decoded log;
  log.take(wrapped::docker("npm error code 128", true));
  CHECK(log.counts == LineCounts{0, 0, 1, 0});
  CHECK(log.decoder.layout() == layout_of(LineFormat::docker_json));
}

TEST_CASE("LogDecoder: lines over 1 MiB are oversized and prove no format") {
  const auto long_record = log_records::plain(1, kMaxLogLineBytes);
  Decoded log;
  log.take(long_record);
  CHECK(log.decoder.layout() == layout_of({}));
  log.take(log_records::plain(2) + long_record + log_records::incident(3));
  CHECK(log.counts == LineCounts{1, 1, 0, 2});
}

TEST_CASE("LogDecoder: goes on with the formats it is given") {
  Decoded log{layout_of(LineFormat::docker_json, LineFormat::console_text)};
  log.take(wrapped::docker(lines_of(read_capture(kConsole))[1], true));
  CHECK(log.incidents == 1);
  Decoded text{layout_of(LineFormat::console_text)};
  text.take(log_records::incident(1));
  CHECK(text.counts == LineCounts{0, 1, 0, 0});
}

TEST_CASE("LogDecoder: the time of the newest line") {
  Decoded file_log;
  CHECK_FALSE(file_log.decoder.last_line_at());
  file_log.take(log_records::incident(1) + log_records::plain(2000));
  const auto day = *parse_iso8601("2026-11-20T00:00:00.000Z");
  CHECK(file_log.decoder.last_line_at() == day + 2s);
  file_log.take(log_records::plain(3000));
  CHECK(file_log.decoder.last_line_at() == day + 3s);
  // A time in a message is not the line's own.
  file_log.take(log_records::record(
      4000, "gateway", 3, R"(\"date\":\"2030-01-01T00:00:00.000Z\")"));
  CHECK(file_log.decoder.last_line_at() == day + 4s);
  file_log.take("{\"0\":\"no time\"}\n");
  CHECK(file_log.decoder.last_line_at() == day + 4s);

  Decoded console;
  console.take("2026-11-20T23:16:17.939+00:00 [gateway] ready\nmore\n");
  CHECK(console.decoder.last_line_at() ==
        *parse_iso8601("2026-11-20T23:16:17.939Z"));

  Decoded docker;
  docker.take(wrapped::docker("[gateway] ready", false));
  CHECK(docker.decoder.last_line_at() == kArrived);
}

TEST_CASE("LogDecoder: on a plain console an incident needs its twin") {
  const auto lines = lines_of(read_capture(kConsole));
  Decoded alone;
  alone.take(lines[1] + '\n');
  CHECK(alone.counts == LineCounts{0, 1, 0, 0});
  CHECK(alone.decoder.layout() == layout_of(LineFormat::console_text));
  alone.take(lines[0] + '\n' + lines[1] + '\n');
  CHECK(alone.incidents == 1);

  Decoded journal;
  journal.take(wrapped::journald(lines[1], true));
  CHECK(journal.incidents == 0);
  // Where the streams are two, stderr is witness enough.
  Decoded docker;
  docker.take(wrapped::docker(lines[1], true));
  CHECK(docker.incidents == 1);
  Decoded file_log;
  file_log.take(lines_of(read_capture(kFileLog))[1] + '\n');
  CHECK(file_log.incidents == 1);
}
