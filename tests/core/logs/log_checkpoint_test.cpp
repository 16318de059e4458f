// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_checkpoint.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <limits>
#include <string>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kTime{1795216202836ms};

/// Every byte that there is.
std::string all_bytes() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

KeptIncident incident(TimeoutKind kind) {
  LockIncident made;
  made.agent = "\xff\xfe";
  made.kind = kind;
  made.wait = 60000ms;
  made.lane = "session:agent:main:main";
  made.lock_path = "/s/" + all_bytes();
  made.pid = 5809;
  return {kTime, made};
}

LogPosition position() {
  LogPosition file;
  file.path = "/tmp/openclaw/" + all_bytes();
  file.device = std::numeric_limits<std::uint64_t>::max();
  file.inode = 3;
  file.offset = std::numeric_limits<std::uint64_t>::max() - 1;
  file.mid_line = true;
  file.head = fingerprint_head(std::string(700, 'x'));
  file.tail = fingerprint_tail(std::string(300, 'y'));
  file.layout = {LineFormat::journald_json, LineFormat::console_json};
  return file;
}

LogCheckpoint full() {
  LogCheckpoint made;
  made.gateway = "ma/in\n" + all_bytes();
  made.sources = {"/tmp/*.log", all_bytes(), ""};
  made.unseen = {"/home/a", all_bytes()};
  made.files = {position(), {}};
  made.cursors = {{"journald:a", "s=1;i=2"}, {all_bytes(), all_bytes()}};
  auto& totals = made.ledger.totals;
  totals.timeouts = {{{"main", TimeoutKind::session}, 7},
                     {{"", TimeoutKind::sqlite}, 8},
                     {{"\xc3\xa9", TimeoutKind::sandbox}, 9}};
  totals.waits[TimeoutKind::session].observe(10000ms);
  totals.waits[TimeoutKind::sqlite].observe(1ms);
  for (std::size_t i = 0; i < kLogEventKindCount; ++i)
    totals.events[i] = 100 + i;
  totals.lines = {1, 2, 3, std::numeric_limits<std::uint64_t>::max()};
  totals.bytes = 5;
  totals.rotations = 6;
  totals.last_timeout_at = kTime;
  totals.last_line_at = WallTime{-1ms};
  made.ledger.kept.first = incident(TimeoutKind::sandbox);
  made.ledger.kept.newest = incident(TimeoutKind::session_store);
  totals.turns = {7, 8};
  totals.stalls[LogEventKind::liveness_warning].observe(5s);
  made.ledger.seen = {{TwoLogThing::slow_wait, true, kTime},
                      {TwoLogThing::turn_error, false, {}}};
  ToldIncident told;
  told.kind = TimeoutKind::sqlite;
  told.path = std::numeric_limits<std::uint64_t>::max();
  told.lane = 1;
  told.wait = 5ms;
  told.pid = 7;
  told.first_at = told.last_at = kTime;
  told.witnesses = {std::numeric_limits<std::uint64_t>::max(), 0};
  told.state = ToldIncident::State::retrying;
  told.is_attempt = true;
  told.run_id = all_bytes();
  told.incident = incident(TimeoutKind::sandbox).incident;
  told.noted_at = kTime;
  made.ledger.incidents =
      IncidentLedger{{{told, {}},
                      {{std::numeric_limits<std::uint64_t>::max(), true, kTime},
                       {1, false, {}}}}};
  return made;
}

void check_same(const LogCheckpoint& a, const LogCheckpoint& b) {
  CHECK(a.gateway == b.gateway);
  CHECK(a.sources == b.sources);
  CHECK(a.unseen == b.unseen);
  CHECK(a.files == b.files);
  CHECK(a.cursors == b.cursors);
  CHECK(a.ledger.totals == b.ledger.totals);
  CHECK(a.ledger.kept == b.ledger.kept);
  CHECK(a.ledger.seen == b.ledger.seen);
  CHECK(a.ledger.incidents.state() == b.ledger.incidents.state());
}

/// A file of version 0.1.0 with a true checksum and this body.
std::string with_body(const std::string& body) {
  const auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                           static_cast<uInt>(body.size()));
  return "openclaw-lock-exporter logs 1 " + std::to_string(sum) + '\n' + body;
}

std::string replaced(std::string text, const std::string& what,
                     const std::string& by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("log checkpoint: what is kept comes back, whatever bytes it has") {
  const auto decoded = decode_checkpoint(encode_checkpoint(full()));
  REQUIRE(decoded);
  check_same(*decoded, full());
  const auto none = decode_checkpoint(encode_checkpoint({}));
  REQUIRE(none);
  check_same(*none, {});
}

TEST_CASE("log checkpoint: encodes the same state to the same text") {
  const auto text = encode_checkpoint(full());
  CHECK(encode_checkpoint(*decode_checkpoint(text)) == text);
}

TEST_CASE("log checkpoint: is one line") {
  CHECK(encode_checkpoint(full()).find('\n') == std::string::npos);
}

TEST_CASE("log checkpoint: a file of 0.1.0 is read") {
  const auto decoded =
      decode_checkpoint_file(with_body(encode_checkpoint(full())));
  REQUIRE(decoded);
  check_same(*decoded, full());
}

TEST_CASE("log checkpoint: any changed byte of a file is noticed") {
  LogCheckpoint small;
  small.gateway = "main";
  small.files = {position()};
  const auto text = with_body(encode_checkpoint(small));
  for (std::size_t at = 0; at < text.size(); ++at)
    for (const int flip : {0x01, 0x80}) {
      auto changed = text;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      const auto decoded = decode_checkpoint_file(changed);
      CAPTURE(at);
      REQUIRE_FALSE(decoded);
      CHECK(decoded.problem().fault == Fault::malformed);
    }
}

TEST_CASE("log checkpoint: cut anywhere it is malformed") {
  const auto text = encode_checkpoint(full());
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    REQUIRE_FALSE(decode_checkpoint(std::string_view{text}.substr(0, size)));
  }
  const auto file = with_body(text);
  for (std::size_t size = 0; size < file.size(); ++size) {
    CAPTURE(size);
    REQUIRE_FALSE(
        decode_checkpoint_file(std::string_view{file}.substr(0, size)));
  }
  CHECK_FALSE(decode_checkpoint_file(file + ' '));
  CHECK_FALSE(decode_checkpoint_file(std::string(100, '\0')));
}

TEST_CASE("log checkpoint: another version's file is malformed") {
  const auto decoded = decode_checkpoint_file(
      replaced(with_body(encode_checkpoint(full())), "logs 1", "logs 2"));
  REQUIRE_FALSE(decoded);
  CHECK(decoded.problem().detail == "not written by this version");
}

TEST_CASE("log checkpoint: a body of another form is malformed, never thrown") {
  const auto body = encode_checkpoint(full());
  for (const std::string other :
       {"", "null", "[]", "{}", "1", "\"\"", "{\"gateway\":1}", "{"})
    CHECK_FALSE(decode_checkpoint(other));
  const struct {
    std::string what;
    std::string by;
  } changes[] = {{"\"gateway\":\"", "\"gateway\":1,\"x\":\""},
                 {"\"offset\":", "\"offset\":null,\"x\":"},
                 {"\"offset\":", "\"offset\":1.5,\"x\":"},
                 {"\"offset\":", "\"offset\":-1,\"x\":"},
                 {"\"offset\":", "\"offset\":2e86,\"x\":"},
                 {"\"pid\":", "\"pid\":2147483648,\"x\":"},
                 {"\"at\":", "\"at\":9223372036854775807,\"x\":"},
                 {"\"stuck_session\":", "\"stuck_session\":-"},
                 {"\"mid_line\":true", "\"mid_line\":7"},
                 {"\"layout\":[\"journald_json\"", "\"layout\":[6"},
                 {"\"layout\":[\"journald_json\",", "\"layout\":["},
                 {"\"seen\":[", "\"seen\":[[1],"},
                 {"\"witnesses\":[", "\"witnesses\":[-1,"},
                 {"\"buckets\":[[", "\"buckets\":[[\"x\",1],["},
                 {"\"first_at\":1", "\"first_at\":null,\"x\":1"},
                 {"\"kind\":\"sandbox\"", "\"kind\":4"}};
  for (const auto& change : changes) {
    CAPTURE(change.by);
    CHECK_FALSE(decode_checkpoint(replaced(body, change.what, change.by)));
  }
}

TEST_CASE("log checkpoint: a print that no file can have is malformed") {
  auto head = full();
  head.files[0].head.length = HeadFingerprint::kMaxBytes + 1;
  CHECK_FALSE(decode_checkpoint(encode_checkpoint(head)));
  auto tail = full();
  tail.files[0].tail.length = TailFingerprint::kMaxBytes + 1;
  CHECK_FALSE(decode_checkpoint(encode_checkpoint(tail)));
  tail.files[0].tail.length = 256;
  tail.files[0].offset = 255;
  CHECK_FALSE(decode_checkpoint(encode_checkpoint(tail)));
}

TEST_CASE("log checkpoint: an event that is newer than the text counts 0") {
  const auto decoded = decode_checkpoint(
      replaced(encode_checkpoint(full()), "stuck_session", "x"));
  REQUIRE(decoded);
  const auto& events = decoded->ledger.totals.events;
  CHECK(events[static_cast<std::size_t>(LogEventKind::stuck_session)] == 0);
  CHECK(events[0] == 100);
}

TEST_CASE("log checkpoint: agents keep their labels") {
  const auto event = [](int number) {
    LockIncident incident;
    incident.agent = "a" + std::to_string(number);
    LogEvent made;
    made.time = kTime;
    made.incident = incident;
    return made;
  };
  LogLedger before;
  for (int i = 0; i < 65; ++i) before.add(event(i), LogSource::file_log, kTime);
  LogCheckpoint checkpoint;
  checkpoint.ledger = before.state();
  LogLedger after{decode_checkpoint(encode_checkpoint(checkpoint))->ledger};
  for (int i = 0; i < 65; ++i) after.add(event(i), LogSource::file_log, kTime);
  const auto& timeouts = after.totals().timeouts;
  CHECK(timeouts.size() == 65);
  for (int i = 0; i < 64; ++i)
    CHECK(timeouts.at({"a" + std::to_string(i), TimeoutKind::session}) == 2);
  CHECK(timeouts.at({"_other", TimeoutKind::session}) == 2);
}
