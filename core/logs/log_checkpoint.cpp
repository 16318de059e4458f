// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_checkpoint.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
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

/// 0.1.0 stored enumerators by their number then.
constexpr std::array kTimeoutKinds_0_1_0{
    TimeoutKind::session, TimeoutKind::session_store, TimeoutKind::sandbox,
    TimeoutKind::sqlite};
constexpr std::array kLineFormats_0_1_0{
    LineFormat::openclaw_json, LineFormat::console_text,
    LineFormat::console_json,  LineFormat::docker_json,
    LineFormat::cri,           LineFormat::journald_json};
constexpr std::array kLineOutcomes_0_1_0{
    LineOutcome::matched, LineOutcome::ignored, LineOutcome::unparsed,
    LineOutcome::oversized};
/// And of histograms only what stood in their buckets.
constexpr std::array kHoldBounds_0_1_0{
    0.005, 0.01, 0.025, 0.05,  0.1,   0.25,  0.5,    1.0,    2.5,   5.0,
    10.0,  30.0, 60.0,  120.0, 300.0, 600.0, 1020.0, 1200.0, 1800.0};

template <typename Enum>
Json from_name(Enum value) {
  return std::string{to_string(value)};
}

/// Empty for a name that this version does not know.
template <typename Enum>
std::optional<Enum> to_named(const Json& value, std::size_t count) {
  const auto& name = value.get_ref<const std::string&>();
  for (std::size_t i = 0; i < count; ++i)
    if (to_string(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  return {};
}

template <typename Enum, std::size_t size>
std::optional<Enum> to_enum(const Json& value, std::size_t count,
                            const std::array<Enum, size>& in_0_1_0) {
  if (value.is_string()) return to_named<Enum>(value, count);
  return in_0_1_0.at(to_integer<std::size_t>(value));
}

std::optional<TimeoutKind> to_timeout_kind(const Json& value) {
  return to_enum(value, kTimeoutKindCount, kTimeoutKinds_0_1_0);
}

Json from_format(const std::optional<LineFormat>& format) {
  return format ? from_name(*format) : Json();
}

/// One that is not known is found out again.
std::optional<LineFormat> to_format(const Json& value) {
  if (value.is_null()) return {};
  return to_enum(value, kLineFormatCount, kLineFormats_0_1_0);
}

Json from_histogram(const HoldHistogram& histogram) {
  Json buckets = Json::array();
  for (std::size_t i = 0; i < histogram.buckets.size(); ++i)
    buckets.push_back({i < kHoldBounds.size() ? Json(kHoldBounds[i]) : Json(),
                       histogram.buckets[i]});
  return {{"buckets", buckets}, {"sum", histogram.sum_seconds}};
}

/// Of a bound that is no more it is known only that they were not longer.
void add_to_bucket(HoldHistogram& histogram, std::optional<double> bound,
                   std::uint64_t count) {
  const auto at = bound ? std::ranges::lower_bound(kHoldBounds, *bound) -
                              kHoldBounds.begin()
                        : static_cast<std::ptrdiff_t>(kHoldBounds.size());
  histogram.buckets[static_cast<std::size_t>(at)] += count;
}

HoldHistogram to_histogram(const Json& json) {
  HoldHistogram histogram;
  for (const auto& bucket : json.at("buckets")) {
    std::optional<double> bound;
    if (!bucket.at(0).is_null()) bound = bucket.at(0).get<double>();
    add_to_bucket(histogram, bound, to_integer<std::uint64_t>(bucket.at(1)));
  }
  json.at("sum").get_to(histogram.sum_seconds);
  return histogram;
}

HoldHistogram to_histogram_of_0_1_0(const Json& buckets, const Json& sum) {
  HoldHistogram histogram;
  for (std::size_t i = 0; i <= kHoldBounds_0_1_0.size(); ++i)
    add_to_bucket(histogram,
                  i < kHoldBounds_0_1_0.size()
                      ? std::optional{kHoldBounds_0_1_0[i]}
                      : std::nullopt,
                  to_integer<std::uint64_t>(buckets.at(i)));
  sum.get_to(histogram.sum_seconds);
  return histogram;
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
           {from_format(file.layout.line), from_format(file.layout.console),
            file.layout.prefixed, file.layout.console_prefixed}}};
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
  if (json.at("layout").size() > 2)
    json.at("layout").at(2).get_to(file.layout.prefixed);
  if (json.at("layout").size() > 3)
    json.at("layout").at(3).get_to(file.layout.console_prefixed);
  if (file.head.length > HeadFingerprint::kMaxBytes ||
      file.tail.length > TailFingerprint::kMaxBytes ||
      file.tail.length > file.offset)
    throw std::out_of_range{"print"};
  return file;
}

template <typename Number>
Json from_number(const std::optional<Number>& number) {
  return number ? Json(*number) : Json();
}

Json from_span(const std::optional<milliseconds>& span) {
  return span ? Json(span->count()) : Json();
}

std::optional<milliseconds> to_span(const Json& value) {
  if (value.is_null()) return {};
  return milliseconds{to_integer<std::int64_t>(value)};
}

std::optional<int> to_pid(const Json& value) {
  if (value.is_null()) return {};
  return to_integer<int>(value);
}

Json from_incident(const LockIncident& incident) {
  return {{"agent", from_bytes(incident.agent)},
          {"kind", from_name(incident.kind)},
          {"wait_ms", from_span(incident.wait)},
          {"lane", from_bytes(incident.lane)},
          {"lock_path", from_bytes(incident.lock_path)},
          {"pid", from_number(incident.pid)}};
}

/// Empty where it is of a kind that this version does not know.
std::optional<LockIncident> to_incident(const Json& json) {
  LockIncident incident;
  incident.agent = to_bytes(json.at("agent"));
  const auto kind = to_timeout_kind(json.at("kind"));
  incident.kind = kind.value_or(TimeoutKind::session);
  incident.wait = to_span(json.at("wait_ms"));
  incident.lane = to_bytes(json.at("lane"));
  incident.lock_path = to_bytes(json.at("lock_path"));
  incident.pid = to_pid(json.at("pid"));
  return kind ? std::optional{std::move(incident)} : std::nullopt;
}

Json from_kept(const std::optional<KeptIncident>& kept) {
  if (!kept) return {};
  auto json = from_incident(kept->incident);
  json["at"] = from_time(kept->at);
  return json;
}

std::optional<KeptIncident> to_kept(const Json& json) {
  if (json.is_null()) return {};
  const auto at = to_time(json.at("at")).value();
  auto incident = to_incident(json);
  if (!incident) return {};
  return KeptIncident{at, *std::move(incident)};
}

constexpr std::array<std::string_view, 3> kToldStates{"counted", "undecided",
                                                      "retrying"};

Json from_told(const ToldIncident& told) {
  Json json{
      {"kind", from_name(told.kind)},
      {"path", told.path},
      {"lane", told.lane},
      {"wait_ms", from_span(told.wait)},
      {"pid", from_number(told.pid)},
      {"first_at", from_time(told.first_at)},
      {"last_at", from_time(told.last_at)},
      {"witnesses", told.witnesses},
      {"noted_at", from_time(told.noted_at)},
      {"is_attempt", told.is_attempt},
      {"state",
       std::string{kToldStates.at(static_cast<std::size_t>(told.state))}}};
  if (!told.run_id.empty()) json["run_id"] = from_bytes(told.run_id);
  if (told.incident) json["incident"] = from_incident(*told.incident);
  return json;
}

std::optional<ToldIncident> to_told(const Json& json) {
  ToldIncident told;
  const auto kind = to_timeout_kind(json.at("kind"));
  told.kind = kind.value_or(TimeoutKind::session);
  told.path = to_integer<std::uint64_t>(json.at("path"));
  told.lane = to_integer<std::uint64_t>(json.at("lane"));
  told.wait = to_span(json.at("wait_ms"));
  told.pid = to_pid(json.at("pid"));
  told.first_at = to_time(json.at("first_at"));
  told.last_at = to_time(json.at("last_at"));
  for (const auto& witness : json.at("witnesses"))
    told.witnesses.push_back(to_integer<std::uint64_t>(witness));
  told.noted_at = to_time(json.at("noted_at")).value();
  json.at("is_attempt").get_to(told.is_attempt);
  const auto state = std::ranges::find(
      kToldStates, json.at("state").get_ref<const std::string&>());
  if (state != kToldStates.end())
    told.state = static_cast<ToldIncident::State>(state - kToldStates.begin());
  if (json.contains("run_id")) told.run_id = to_bytes(json.at("run_id"));
  if (json.contains("incident"))
    told.incident = to_incident(json.at("incident"));
  if (told.witnesses.size() > IncidentLedger::kMaxWitnesses ||
      told.first_at.has_value() != told.last_at.has_value())
    throw std::out_of_range{"incident"};
  return kind ? std::optional{std::move(told)} : std::nullopt;
}

template <typename Enum, typename Counts>
Json from_counts(const Counts& counts) {
  Json json = Json::object();
  for (std::size_t i = 0; i < counts.size(); ++i)
    json[std::string{to_string(static_cast<Enum>(i))}] = counts[i];
  return json;
}

/// What is not there counts 0; what is not known is left out.
template <typename Enum, typename Counts>
void to_counts(const Json& json, Counts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto found = json.find(std::string{to_string(static_cast<Enum>(i))});
    if (found != json.end()) counts[i] = to_integer<std::uint64_t>(*found);
  }
}

Json from_totals(const LogTotals& totals) {
  Json timeouts = Json::array();
  for (const auto& [series, count] : totals.timeouts)
    timeouts.push_back(
        {from_bytes(series.agent), from_name(series.kind), count});
  Json waits = Json::object();
  for (const auto& [kind, histogram] : totals.waits)
    waits[std::string{to_string(kind)}] = from_histogram(histogram);
  Json json{{"timeouts", timeouts},
            {"waits", waits},
            {"events", from_counts<LogEventKind>(totals.events)},
            {"lines", from_counts<LineOutcome>(totals.lines)},
            {"bytes", totals.bytes},
            {"rotations", totals.rotations},
            {"last_timeout_at", from_time(totals.last_timeout_at)},
            {"last_line_at", from_time(totals.last_line_at)}};
  if (totals.turns) json["turns"] = from_counts<TurnOutcome>(*totals.turns);
  Json stalls = Json::object();
  for (const auto& [kind, histogram] : totals.stalls)
    stalls[std::string{to_string(kind)}] = from_histogram(histogram);
  json["stalls"] = stalls;
  return json;
}

void to_waits(const Json& json, LogTotals& totals) {
  if (json.is_object()) {
    for (const auto& [name, histogram] : json.items())
      if (const auto kind = to_timeout_kind(name))
        totals.waits[*kind] = to_histogram(histogram);
    return;
  }
  for (const auto& wait : json)
    totals.waits[to_timeout_kind(wait.at(0)).value()] =
        to_histogram_of_0_1_0(wait.at(1), wait.at(2));
}

void to_lines(const Json& json, LineCounts& lines) {
  if (json.is_object()) return to_counts<LineOutcome>(json, lines);
  for (std::size_t i = 0; i < kLineOutcomes_0_1_0.size(); ++i)
    lines[static_cast<std::size_t>(kLineOutcomes_0_1_0[i])] =
        to_integer<std::uint64_t>(json.at(i));
}

LogTotals to_totals(const Json& json) {
  LogTotals totals;
  for (const auto& series : json.at("timeouts"))
    if (const auto kind = to_timeout_kind(series.at(1)))
      totals.timeouts[{to_bytes(series.at(0)), *kind}] =
          to_integer<std::uint64_t>(series.at(2));
  to_waits(json.at("waits"), totals);
  to_counts<LogEventKind>(json.at("events"), totals.events);
  to_lines(json.at("lines"), totals.lines);
  totals.bytes = to_integer<std::uint64_t>(json.at("bytes"));
  totals.rotations = to_integer<std::uint64_t>(json.at("rotations"));
  totals.last_timeout_at = to_time(json.at("last_timeout_at"));
  totals.last_line_at = to_time(json.at("last_line_at"));
  if (json.contains("turns"))
    to_counts<TurnOutcome>(json.at("turns"), totals.turns.emplace());
  if (json.contains("stalls"))
    for (const auto& [name, histogram] : json.at("stalls").items())
      if (const auto kind = to_named<LogEventKind>(name, kLogEventKindCount))
        totals.stalls[*kind] = to_histogram(histogram);
  return totals;
}

/// By 0.1.0 an incident or wait of which one log had told.
SeenOnce to_seen_of_0_1_0(const Json& json) {
  return {to_integer<std::uint64_t>(json.at(0)), json.at(1).get<bool>(),
          to_time(json.at(2))};
}

void to_seen(const Json& json, LogLedger::State& ledger) {
  IncidentLedger::State incidents;
  for (const auto& seen : json.at("seen")) {
    if (seen.is_array()) {
      incidents.seen.push_back(to_seen_of_0_1_0(seen));
      continue;
    }
    const auto thing =
        to_named<TwoLogThing>(seen.at("thing"), kTwoLogThingCount);
    if (thing)
      ledger.seen.push_back(
          {*thing, seen.at("in_file_log").get<bool>(), to_time(seen.at("at"))});
  }
  if (json.contains("incidents"))
    for (const auto& told : json.at("incidents"))
      if (auto known = to_told(told))
        incidents.told.push_back(*std::move(known));
  ledger.incidents = IncidentLedger{std::move(incidents)};
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
  const auto& incidents = checkpoint.ledger.incidents.state();
  for (const auto& sight : incidents.seen)
    seen.push_back({sight.key, sight.in_file_log, from_time(sight.at)});
  for (const auto& sight : checkpoint.ledger.seen)
    seen.push_back({{"thing", from_name(sight.thing)},
                    {"in_file_log", sight.in_file_log},
                    {"at", from_time(sight.at)}});
  Json told = Json::array();
  for (const auto& incident : incidents.told)
    told.push_back(from_told(incident));
  return {{"gateway", from_bytes(checkpoint.gateway)},
          {"sources", sources},
          {"unseen", unseen},
          {"looked_at", from_time(checkpoint.looked_at)},
          {"files", files},
          {"cursors", cursors},
          {"totals", from_totals(checkpoint.ledger.totals)},
          {"first", from_kept(checkpoint.ledger.kept.first)},
          {"newest", from_kept(checkpoint.ledger.kept.newest)},
          {"incidents", told},
          {"seen", seen}};
}

LogCheckpoint to_checkpoint(const Json& json) {
  LogCheckpoint checkpoint;
  checkpoint.gateway = to_bytes(json.at("gateway"));
  for (const auto& source : json.at("sources"))
    checkpoint.sources.insert(to_bytes(source));
  for (const auto& place : json.at("unseen"))
    checkpoint.unseen.insert(to_bytes(place));
  if (json.contains("looked_at"))
    checkpoint.looked_at = to_time(json.at("looked_at"));
  for (const auto& file : json.at("files"))
    checkpoint.files.push_back(to_position(file));
  for (const auto& [source, cursor] : json.at("cursors").items())
    checkpoint.cursors[to_bytes(source)] = to_bytes(cursor);
  auto& ledger = checkpoint.ledger;
  ledger.totals = to_totals(json.at("totals"));
  ledger.kept.first = to_kept(json.at("first"));
  ledger.kept.newest = to_kept(json.at("newest"));
  to_seen(json, ledger);
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
