// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_checkpoint.h"

#include <zlib.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

constexpr std::string_view kFirstLine = "openclaw-lock-exporter logs 1 ";

std::uint32_t crc(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()),
              static_cast<uInt>(bytes.size())));
}

Problem damaged(const char* detail) {
  return {Fault::malformed, "log positions", detail};
}

/// JSON holds no arbitrary bytes: each becomes the character of that number.
std::string from_bytes(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) text += static_cast<char>(0xc0 | (byte >> 6));
    text += byte < 0x80 ? c : static_cast<char>(0x80 | (byte & 0x3f));
  }
  return text;
}

std::string to_bytes(const Json& value) {
  const auto& text = value.get_ref<const std::string&>();
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80 || i + 1 == text.size()) {
      bytes += text[i];
      continue;
    }
    ++i;
    bytes += static_cast<char>(((byte & 0x03) << 6) |
                               (static_cast<unsigned char>(text[i]) & 0x3f));
  }
  return bytes;
}

Json from_time(const std::optional<WallTime>& time) {
  return time ? Json(time->time_since_epoch().count()) : Json();
}

/// Json::get() would cast whatever number there is.
template <typename Integer>
Integer to_integer(const Json& value) {
  const bool fits = value.is_number_unsigned()
                        ? std::in_range<Integer>(value.get<std::uint64_t>())
                        : value.is_number_integer() &&
                              std::in_range<Integer>(value.get<std::int64_t>());
  if (!fits) throw std::out_of_range{"integer"};
  return value.get<Integer>();
}

template <typename Integer, std::size_t size>
void to_integers(const Json& value, std::array<Integer, size>& integers) {
  for (std::size_t i = 0; i < size; ++i)
    integers[i] = to_integer<Integer>(value.at(i));
}

/// Years 1 to 9999: far from where sums of times overflow.
std::optional<WallTime> to_time(const Json& value) {
  constexpr std::int64_t kFirst = -62135596800000;
  constexpr std::int64_t kLast = 253402300799999;
  if (value.is_null()) return {};
  const auto number = to_integer<std::int64_t>(value);
  if (number < kFirst || number > kLast) throw std::out_of_range{"time"};
  return WallTime{milliseconds{number}};
}

template <typename Enum>
Enum to_enum(const Json& value, std::size_t count) {
  const auto number = to_integer<std::size_t>(value);
  if (number >= count) throw std::out_of_range{"enumerator"};
  return static_cast<Enum>(number);
}

constexpr std::size_t kTimeoutKinds = 4;
constexpr std::size_t kLineFormats = 6;

Json from_format(const std::optional<LineFormat>& format) {
  return format ? Json(static_cast<std::size_t>(*format)) : Json();
}

std::optional<LineFormat> to_format(const Json& value) {
  if (value.is_null()) return {};
  return to_enum<LineFormat>(value, kLineFormats);
}

Json from_position(const LogPosition& file) {
  return {{"path", from_bytes(file.path)},
          {"device", file.device},
          {"inode", file.inode},
          {"offset", file.offset},
          {"mid_line", file.mid_line},
          {"head", {file.head.length, file.head.whole, file.head.steps}},
          {"tail", {file.tail.length, file.tail.whole}},
          {"layout",
           {from_format(file.layout.line), from_format(file.layout.console)}}};
}

LogPosition to_position(const Json& json) {
  LogPosition file;
  file.path = to_bytes(json.at("path"));
  file.device = to_integer<std::uint64_t>(json.at("device"));
  file.inode = to_integer<std::uint64_t>(json.at("inode"));
  file.offset = to_integer<std::uint64_t>(json.at("offset"));
  json.at("mid_line").get_to(file.mid_line);
  file.head.length = to_integer<std::uint32_t>(json.at("head").at(0));
  file.head.whole = to_integer<std::uint32_t>(json.at("head").at(1));
  to_integers(json.at("head").at(2), file.head.steps);
  file.tail.length = to_integer<std::uint32_t>(json.at("tail").at(0));
  file.tail.whole = to_integer<std::uint32_t>(json.at("tail").at(1));
  file.layout.line = to_format(json.at("layout").at(0));
  file.layout.console = to_format(json.at("layout").at(1));
  if (file.head.length > HeadFingerprint::kMaxBytes ||
      file.tail.length > TailFingerprint::kMaxBytes ||
      file.tail.length > file.offset)
    throw std::out_of_range{"print"};
  return file;
}

Json from_incident(const std::optional<KeptIncident>& kept) {
  if (!kept) return {};
  const auto& incident = kept->incident;
  return {{"at", from_time(kept->at)},
          {"agent", from_bytes(incident.agent)},
          {"kind", static_cast<std::size_t>(incident.kind)},
          {"wait_ms", incident.wait ? Json(incident.wait->count()) : Json()},
          {"lane", from_bytes(incident.lane)},
          {"lock_path", from_bytes(incident.lock_path)},
          {"pid", incident.pid ? Json(*incident.pid) : Json()}};
}

std::optional<KeptIncident> to_incident(const Json& json) {
  if (json.is_null()) return {};
  KeptIncident kept;
  kept.at = to_time(json.at("at")).value();
  auto& incident = kept.incident;
  incident.agent = to_bytes(json.at("agent"));
  incident.kind = to_enum<TimeoutKind>(json.at("kind"), kTimeoutKinds);
  if (!json.at("wait_ms").is_null())
    incident.wait = milliseconds{to_integer<std::int64_t>(json.at("wait_ms"))};
  incident.lane = to_bytes(json.at("lane"));
  incident.lock_path = to_bytes(json.at("lock_path"));
  if (!json.at("pid").is_null()) incident.pid = to_integer<int>(json.at("pid"));
  return kept;
}

Json from_totals(const LogTotals& totals) {
  Json timeouts = Json::array();
  for (const auto& [series, count] : totals.timeouts)
    timeouts.push_back({from_bytes(series.agent),
                        static_cast<std::size_t>(series.kind), count});
  Json waits = Json::array();
  for (const auto& [kind, histogram] : totals.waits)
    waits.push_back({static_cast<std::size_t>(kind), histogram.buckets,
                     histogram.sum_seconds});
  Json events;
  for (std::size_t i = 0; i < kLogEventKindCount; ++i)
    events[std::string{to_string(static_cast<LogEventKind>(i))}] =
        totals.events[i];
  return {{"timeouts", timeouts},
          {"waits", waits},
          {"events", events},
          {"lines", totals.lines},
          {"bytes", totals.bytes},
          {"rotations", totals.rotations},
          {"last_timeout_at", from_time(totals.last_timeout_at)},
          {"last_line_at", from_time(totals.last_line_at)}};
}

LogTotals to_totals(const Json& json) {
  LogTotals totals;
  for (const auto& series : json.at("timeouts"))
    totals.timeouts[{to_bytes(series.at(0)),
                     to_enum<TimeoutKind>(series.at(1), kTimeoutKinds)}] =
        to_integer<std::uint64_t>(series.at(2));
  for (const auto& wait : json.at("waits")) {
    auto& histogram =
        totals.waits[to_enum<TimeoutKind>(wait.at(0), kTimeoutKinds)];
    to_integers(wait.at(1), histogram.buckets);
    wait.at(2).get_to(histogram.sum_seconds);
  }
  for (std::size_t i = 0; i < kLogEventKindCount; ++i) {
    const std::string name{to_string(static_cast<LogEventKind>(i))};
    const auto found = json.at("events").find(name);
    if (found != json.at("events").end())
      totals.events[i] = to_integer<std::uint64_t>(*found);
  }
  to_integers(json.at("lines"), totals.lines);
  totals.bytes = to_integer<std::uint64_t>(json.at("bytes"));
  totals.rotations = to_integer<std::uint64_t>(json.at("rotations"));
  totals.last_timeout_at = to_time(json.at("last_timeout_at"));
  totals.last_line_at = to_time(json.at("last_line_at"));
  return totals;
}

Json from_checkpoint(const LogCheckpoint& checkpoint) {
  Json sources = Json::array();
  for (const auto& source : checkpoint.sources)
    sources.push_back(from_bytes(source));
  Json unseen = Json::array();
  for (const auto& place : checkpoint.unseen)
    unseen.push_back(from_bytes(place));
  Json files = Json::array();
  for (const auto& file : checkpoint.files)
    files.push_back(from_position(file));
  Json cursors = Json::object();
  for (const auto& [source, cursor] : checkpoint.cursors)
    cursors[from_bytes(source)] = from_bytes(cursor);
  Json seen = Json::array();
  for (const auto& sight : checkpoint.ledger.seen)
    seen.push_back({sight.key, sight.in_file_log, from_time(sight.at)});
  return {{"gateway", from_bytes(checkpoint.gateway)},
          {"sources", sources},
          {"unseen", unseen},
          {"files", files},
          {"cursors", cursors},
          {"totals", from_totals(checkpoint.ledger.totals)},
          {"first", from_incident(checkpoint.ledger.kept.first)},
          {"newest", from_incident(checkpoint.ledger.kept.newest)},
          {"seen", seen}};
}

LogCheckpoint to_checkpoint(const Json& json) {
  LogCheckpoint checkpoint;
  checkpoint.gateway = to_bytes(json.at("gateway"));
  for (const auto& source : json.at("sources"))
    checkpoint.sources.insert(to_bytes(source));
  for (const auto& place : json.at("unseen"))
    checkpoint.unseen.insert(to_bytes(place));
  for (const auto& file : json.at("files"))
    checkpoint.files.push_back(to_position(file));
  for (const auto& [source, cursor] : json.at("cursors").items())
    checkpoint.cursors[to_bytes(source)] = to_bytes(cursor);
  auto& ledger = checkpoint.ledger;
  ledger.totals = to_totals(json.at("totals"));
  ledger.kept.first = to_incident(json.at("first"));
  ledger.kept.newest = to_incident(json.at("newest"));
  for (const auto& sight : json.at("seen"))
    ledger.seen.push_back({to_integer<std::uint64_t>(sight.at(0)),
                           sight.at(1).get<bool>(), to_time(sight.at(2))});
  for (const auto& [series, count] : ledger.totals.timeouts)
    if (series.agent != AgentLabels::kOther) ledger.agents.label(series.agent);
  return checkpoint;
}

}  // namespace

std::string encode_checkpoint(const LogCheckpoint& checkpoint) {
  return from_checkpoint(checkpoint).dump();
}

Result<LogCheckpoint> decode_checkpoint(std::string_view text) {
  try {
    return to_checkpoint(Json::parse(text));
  } catch (const std::exception&) {
    return damaged("not of the form that this version writes");
  }
}

Result<LogCheckpoint> decode_checkpoint_file(std::string_view text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(kFirstLine))
    return damaged("not written by this version");
  const auto sum = parse_integer<std::uint32_t>(
      text.substr(kFirstLine.size(), end - kFirstLine.size()));
  const auto body = text.substr(end + 1);
  if (!sum || *sum != crc(body)) return damaged("the checksum is wrong");
  return decode_checkpoint(body);
}

}  // namespace openclaw_lock
