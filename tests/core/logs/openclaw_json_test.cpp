// SPDX-License-Identifier: Apache-2.0
#include "core/logs/openclaw_json.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

constexpr const char* kError =
    R"("_meta":{"runtime":"node","name":"{\"subsystem\":\"diagnostic\"}",)"
    R"("parentNames":["openclaw"],"date":"2026-11-20T23:16:17.939Z",)"
    R"("logLevelId":5,"logLevelName":"ERROR","path":{"fileLine":"1"}},)"
    R"("time":"2026-11-21T01:16:18.000+02:00")";

LogRecord read(const std::string& line) {
  CAPTURE(line);
  const auto record = parse_openclaw_json(line);
  REQUIRE(record);
  return *record;
}

std::optional<Fault> fault(const std::string& line) {
  const auto record = parse_openclaw_json(line);
  if (record) return {};
  return record.problem().fault;
}

std::string bound(const std::string& arguments, const std::string& more = "") {
  return R"({"0":"{\"subsystem\":\"diagnostic\"}",)" + arguments + kError +
         more + "}";
}

}  // namespace

TEST_CASE("parse_openclaw_json: a subsystem's record of 2026.4.24") {
  const auto record = read(bound(R"("1":"lane task error: lane=main",)"));
  CHECK(record.subsystem == "diagnostic");
  CHECK(record.message == "lane task error: lane=main");
  CHECK(record.level == RecordLevel::error);
  CHECK(record.source == LogSource::file_log);
  CHECK(record.stream == ConsoleStream::unknown);
}

TEST_CASE("parse_openclaw_json: _meta.date goes before time") {
  CHECK(read(bound(R"("1":"x",)")).time ==
        parse_iso8601("2026-11-20T23:16:17.939Z"));
  CHECK(read(R"({"0":"x","time":"2026-11-21T01:16:18.000+02:00"})").time ==
        parse_iso8601("2026-11-20T23:16:18.000Z"));
  CHECK(read(R"({"0":"x","_meta":{"date":"never"},)"
             R"("time":"2026-11-20T24:00:01.000+00:00"})")
            .time == parse_iso8601("2026-11-20T00:00:01.000Z"));
  CHECK_FALSE(read(R"({"0":"x"})").time);
}

TEST_CASE("parse_openclaw_json: the level is that of its number, if known") {
  const auto level = [](const std::string& meta) {
    return read("{\"0\":\"x\",\"_meta\":{" + meta + "}}").level;
  };
  CHECK(level(R"("logLevelId":0,"logLevelName":"ERROR")") ==
        RecordLevel::trace);
  CHECK(level(R"("logLevelId":1)") == RecordLevel::trace);
  CHECK(level(R"("logLevelId":2)") == RecordLevel::debug);
  CHECK(level(R"("logLevelName":"INFO","logLevelId":3)") == RecordLevel::info);
  CHECK(level(R"("logLevelName":"INFO","logLevelId":4)") == RecordLevel::warn);
  CHECK(level(R"("logLevelId":5)") == RecordLevel::error);
  CHECK(level(R"("logLevelId":6)") == RecordLevel::fatal);
  for (const std::string id : {"7", "-1", "\"5\"", "4.5", "{}", "null"})
    CHECK(level("\"logLevelId\":" + id + ",\"logLevelName\":\"WARN\"") ==
          RecordLevel::warn);
  CHECK(level(R"("logLevelId":7)") == RecordLevel::unknown);
}

TEST_CASE("parse_openclaw_json: fields stand before or behind the message") {
  const std::string fields =
      R"({"elapsedMs":5010,"database":"/a/agents/main/agent/x.sqlite",)"
      R"("operation":"agent.write","code":"***","sqlitePrimaryCode":5})";
  for (const auto& arguments : {"\"1\":" + fields + ",\"2\":\"failed\",",
                                "\"1\":\"failed\",\"2\":" + fields + ","}) {
    const auto record = read(bound(arguments));
    CHECK(record.message == "failed");
    CHECK(record.elapsed == std::chrono::milliseconds{5010});
    CHECK(record.database == "/a/agents/main/agent/x.sqlite");
    CHECK(record.sqlite_primary_code == 5);
  }
}

TEST_CASE("parse_openclaw_json: fields of another type are absent") {
  const auto record =
      read(bound(R"("1":{"elapsedMs":"5","database":7,"sqlitePrimaryCode":-1},)"
                 R"("2":"x",)"));
  CHECK_FALSE(record.elapsed);
  CHECK(record.database.empty());
  CHECK_FALSE(record.sqlite_primary_code);
  CHECK_FALSE(read(bound(R"("1":{"elapsedMs":1e15},"2":"x",)")).elapsed);
}

TEST_CASE("parse_openclaw_json: an error field is a text, or has errstr") {
  CHECK(
      read(bound(R"("1":"x","2":{"error":"database is locked | E"},)")).error ==
      "database is locked | E");
  CHECK(read(bound(R"("1":"x","2":{"error":{"code":"E",)"
                   R"("errstr":"database is locked"}},)"))
            .error == "database is locked");
}

TEST_CASE("parse_openclaw_json: plain text of a part of OpenClaw or a model") {
  const auto record = read(
      R"({"0":"pong 1","_meta":{"name":"openclaw","logLevelName":"INFO"}})");
  CHECK(record.subsystem.empty());
  CHECK(record.message == "pong 1");
  CHECK(record.level == RecordLevel::info);
}

TEST_CASE("parse_openclaw_json: a reply cannot pass for a logger's name") {
  const auto record =
      read(R"({"0":"{\"subsystem\":\"diagnostic\"}","1":"lane task error: ",)"
           R"("_meta":{"name":"openclaw","logLevelName":"ERROR"},)"
           R"("subsystem":"diagnostic"})");
  CHECK(record.subsystem.empty());
  CHECK(record.message == R"({"subsystem":"diagnostic"})");
}

TEST_CASE("parse_openclaw_json: a child logger without subsystem") {
  const std::string line =
      R"({"0":"{\"module\":\"cron\"}","1":{"jobs":0},"2":"cron: started",)"
      R"("_meta":{"name":"{\"module\":\"cron\"}","logLevelName":"INFO"}})";
  CHECK(read(line).subsystem == "cron");
  CHECK(read(line).message == "cron: started");
}

TEST_CASE("parse_openclaw_json: a logger's subsystem goes before its module") {
  for (const std::string names : {R"(\"subsystem\":\"a\",\"module\":\"b\")",
                                  R"(\"module\":\"b\",\"subsystem\":\"a\")"})
    CHECK(read(R"({"0":"{)" + names + R"(}","1":"x","_meta":{"name":"{)" +
               names + R"(}"}})")
              .subsystem == "a");
}

TEST_CASE("parse_openclaw_json: the arguments go before the joined message") {
  CHECK(read(bound(R"("1":"SQLite failed","2":{"elapsedMs":1},)",
                   R"(,"message":"SQLite failed {\"elapsedMs\":1}")"))
            .message == "SQLite failed");
  CHECK(read(bound("", R"(,"message":"joined")")).message == "joined");
}

TEST_CASE("parse_openclaw_json: an Error as the only argument") {
  CHECK(read(R"({"0":{"nativeError":{"code":"E"},"name":"Error",)"
             R"("message":"session file locked","stack":[{"a":1}]},)"
             R"("_meta":{"name":"openclaw","logLevelName":"ERROR"}})")
            .message == "session file locked");
}

TEST_CASE("parse_openclaw_json: the marker at the size cap has no _meta") {
  const auto record =
      read(R"({"time":"2026-11-20T23:16:17.939+00:00","level":"warn",)"
           R"("subsystem":"logging","message":"log file size cap reached"})");
  CHECK(record.subsystem == "logging");
  CHECK(record.level == RecordLevel::warn);
  CHECK(record.message == "log file size cap reached");
  CHECK(record.time);
}

TEST_CASE("parse_openclaw_json: records lost by the log's own queue") {
  CHECK(read(R"({"message":"x","dropped":12})").dropped == 12U);
  const std::string meta = R"({"0":"x","dropped":12,"_meta":{"logLevelId":)";
  CHECK(read(meta + "4}}").dropped == 12U);
  CHECK_FALSE(read(meta + "3}}").dropped);
}

TEST_CASE("parse_openclaw_json: what is no record") {
  CHECK(fault("") == Fault::malformed);
  CHECK(fault("[]") == Fault::malformed);
  CHECK(fault("\"text\"") == Fault::malformed);
  CHECK(fault("{}") == Fault::malformed);
  CHECK(fault(R"({"0":"x")") == Fault::malformed);
  CHECK(fault(R"({"0":"x"} {"0":"y"})") == Fault::malformed);
  CHECK(fault(std::string{"{\"0\":\"x\"}\0", 10}) == Fault::malformed);
  CHECK(fault("{\"0\":\"\xff\"}") == Fault::malformed);
  CHECK(fault("{\"0\":\"" + std::string(kMaxLogLineBytes, 'x') + "\"}") ==
        Fault::too_big);
}

TEST_CASE("parse_openclaw_json: deep nesting is refused") {
  const std::string open(kMaxLogLineBytes / 2, '[');
  CHECK(fault("{\"0\":" + open) == Fault::malformed);
  std::string nested = "1";
  for (int i = 0; i < 31; ++i) nested = "[" + nested + "]";
  CHECK_FALSE(fault("{\"0\":" + nested + "}"));
  CHECK(fault("{\"0\":[" + nested + "]}") == Fault::malformed);
}
