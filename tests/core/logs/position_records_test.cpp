// SPDX-License-Identifier: Apache-2.0
#include "core/logs/position_records.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

std::string all_bytes() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

std::string checkpoint(const std::string& gateway, const std::string& body) {
  return encode_position_record(PositionKind::checkpoint, gateway, body);
}

std::string first_seen(const std::string& gateway, WallTime at) {
  return encode_position_record(PositionKind::first_seen, gateway,
                                encode_first_seen(at));
}

std::string forgotten(const std::string& gateway) {
  return encode_position_record(PositionKind::forgotten, gateway, "");
}

/// A whole file, scanned.
struct Scanned {
  explicit Scanned(const std::string& lines, std::size_t piece = 1 << 20)
      : text{std::string{kPositionsHeader} + lines} {
    for (std::size_t at = 0; at < text.size(); at += piece)
      scan.feed(std::string_view{text}.substr(at, piece));
  }

  /// Body of the checkpoint that counts, or a dash.
  std::string body(const std::string& gateway) const {
    const auto* entry = scan.index().find(gateway);
    if (entry == nullptr || !entry->checkpoint) return "-";
    const auto record = decode_position_record(std::string_view{text}.substr(
        entry->checkpoint->offset, entry->checkpoint->length - 1));
    REQUIRE(record);
    return std::string{record->body};
  }
  std::optional<WallTime> seen(const std::string& gateway) const {
    const auto* entry = scan.index().find(gateway);
    return entry == nullptr ? std::nullopt : entry->first_seen_at;
  }

  std::string text;
  PositionScan scan;
};

}  // namespace

TEST_CASE("position records: any name of a gateway comes back") {
  for (const auto& name : {std::string{}, std::string{"main"}, all_bytes(),
                           std::string{"%41"}, std::string{"a b\nc"}}) {
    const auto line = checkpoint(name, "{\"a\": 1}");
    CHECK(line.find('\n') == line.size() - 1);
    const auto record = decode_position_record({line.data(), line.size() - 1});
    REQUIRE(record);
    CHECK(record->gateway == name);
    CHECK(record->kind == PositionKind::checkpoint);
    CHECK(record->body == "{\"a\": 1}");
  }
}

TEST_CASE("position records: the form on disk stays") {
  CHECK(checkpoint("/srv/a b", "{}") == "ac35b614 c /srv/a%20b {}\n");
  CHECK(first_seen("main", WallTime{-1ms}) == "1fadf635 f main -1\n");
  CHECK(forgotten("main") == "26600cde e main \n");
}

TEST_CASE("position records: any changed or missing byte is noticed") {
  auto line = checkpoint("main", "{\"gateway\":\"main\"}");
  line.pop_back();
  for (std::size_t at = 0; at < line.size(); ++at) {
    CAPTURE(at);
    for (const int flip : {0x01, 0x20, 0x80}) {
      auto changed = line;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      CHECK_FALSE(decode_position_record(changed));
    }
    CHECK_FALSE(decode_position_record(std::string_view{line}.substr(0, at)));
  }
}

TEST_CASE("position records: of each gateway and kind the last counts") {
  const Scanned file{checkpoint("a", "1") + checkpoint("b", "2") +
                     first_seen("a", WallTime{5ms}) + checkpoint("a", "3") +
                     first_seen("a", WallTime{6ms})};
  CHECK(file.body("a") == "3");
  CHECK(file.body("b") == "2");
  CHECK(file.seen("a") == WallTime{6ms});
  CHECK_FALSE(file.seen("b"));
  CHECK(file.scan.is_known());
  CHECK(file.scan.damaged() == 0);
  CHECK(file.scan.end() == file.text.size());
  CHECK(file.scan.index().live_bytes() ==
        checkpoint("a", "3").size() + checkpoint("b", "2").size() +
            first_seen("a", WallTime{6ms}).size());
}

TEST_CASE("position records: what was forgotten is gone, and may return") {
  const Scanned gone{checkpoint("a", "1") + first_seen("a", WallTime{5ms}) +
                     forgotten("a") + forgotten("b")};
  CHECK(gone.body("a") == "-");
  CHECK_FALSE(gone.seen("a"));
  CHECK(gone.scan.index().entries().empty());
  CHECK(gone.scan.index().live_bytes() == 0);
  const Scanned back{checkpoint("a", "1") + forgotten("a") +
                     checkpoint("a", "2")};
  CHECK(back.body("a") == "2");
}

TEST_CASE("position records: a torn end is no damage and hides nothing") {
  const auto before = checkpoint("a", "1");
  const auto last = checkpoint("a", "2");
  for (std::size_t size = 0; size < last.size(); ++size) {
    CAPTURE(size);
    const Scanned file{before + last.substr(0, size)};
    CHECK(file.body("a") == "1");
    CHECK(file.scan.damaged() == 0);
    CHECK(file.scan.end() == kPositionsHeader.size() + before.size());
  }
}

TEST_CASE("position records: a damaged line hides no other") {
  auto damaged = checkpoint("b", "2");
  damaged[12] = '\0';
  const Scanned file{checkpoint("a", "1") + damaged + std::string(3, '\0') +
                     '\n' + checkpoint("c", "3")};
  CHECK(file.body("a") == "1");
  CHECK(file.body("b") == "-");
  CHECK(file.body("c") == "3");
  CHECK(file.scan.damaged() == 2);
}

TEST_CASE("position records: a file that is cut in its first record is told") {
  const auto whole = checkpoint("a", "1");
  CHECK_FALSE(Scanned{whole}.scan.is_cut_short());
  CHECK_FALSE(Scanned{""}.scan.is_cut_short());
  CHECK(Scanned{whole.substr(0, 5)}.scan.is_cut_short());
  // As a crash while it is appended to leaves it.
  CHECK_FALSE(Scanned{whole + whole.substr(0, 5)}.scan.is_cut_short());
}

TEST_CASE("position records: a line that is too long is damage") {
  const Scanned file{checkpoint("a", "1") +
                     checkpoint("b", std::string(kMaxPositionLine, 'x')) +
                     checkpoint("c", "3")};
  CHECK(file.body("a") == "1");
  CHECK(file.body("b") == "-");
  CHECK(file.body("c") == "3");
  CHECK(file.scan.damaged() == 1);
  CHECK(file.scan.end() == file.text.size());
}

TEST_CASE("position records: the same in pieces of any size") {
  const auto lines = checkpoint("a", "1") + first_seen("a", WallTime{7ms}) +
                     "damaged\n" + checkpoint("b", "22") + "torn";
  for (std::size_t piece = 1; piece < 40; ++piece) {
    CAPTURE(piece);
    const Scanned file{lines, piece};
    CHECK(file.body("a") == "1");
    CHECK(file.body("b") == "22");
    CHECK(file.seen("a") == WallTime{7ms});
    CHECK(file.scan.damaged() == 1);
    CHECK(file.scan.end() == file.text.size() - 4);
  }
}

TEST_CASE("position records: another version's file gives nothing") {
  PositionScan scan;
  scan.feed("openclaw-lock-exporter positions 2\n" + checkpoint("a", "1"));
  CHECK_FALSE(scan.is_known());
  CHECK(scan.damaged() == 1);
  CHECK(scan.index().entries().empty());
}

TEST_CASE("position records: only times of the years 1 to 9999") {
  for (const auto at :
       {WallTime{}, WallTime{-62135596800000ms}, WallTime{253402300799999ms}})
    CHECK(decode_first_seen(encode_first_seen(at)) == at);
  for (const auto* text : {"", "x", "1 ", "-62135596800001", "253402300800000",
                           "99999999999999999999"})
    CHECK_FALSE(decode_first_seen(text));
}
