// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_decoder.h"

#include <algorithm>
#include <utility>

#include "core/logs/console_json.h"
#include "core/logs/json_envelope.h"
#include "core/logs/line_prefix.h"
#include "core/logs/lock_sentence.h"
#include "core/logs/log_sieve.h"
#include "core/logs/openclaw_json.h"
#include "core/logs/turn_line.h"

namespace openclaw_lock {
namespace {

/// `_meta.date` of a record of the file log, without decoding it: the last
/// member of that name. Texts in it have their quotation marks escaped.
std::optional<WallTime> date_of(std::string_view line) {
  constexpr std::string_view kDate = R"("date":")";
  const auto at = line.rfind(kDate);
  if (at == std::string_view::npos) return {};
  const auto rest = line.substr(at + kDate.size());
  return parse_iso8601(rest.substr(0, rest.find('"')));
}

struct Recognised {
  std::optional<LineFormat> format = {};
  bool prefixed = false;  ///< another writer's words are in front
};

template <typename Wanted>
Recognised recognise_line(std::string_view line, Wanted is_wanted) {
  if (const auto prefix = line_prefix(line); prefix > 0) {
    const auto found = recognise_log_format(line.substr(prefix));
    if (is_wanted(found)) return {found, true};
  }
  const auto found = recognise_log_format(line);
  return is_wanted(found) ? Recognised{found, false} : Recognised{};
}

LineOutcome outcome_of(const Problem& problem) {
  return problem.fault == Fault::too_big ? LineOutcome::oversized
                                         : LineOutcome::unparsed;
}

}  // namespace

std::string_view to_string(LineOutcome outcome) {
  constexpr std::array<std::string_view, kLineOutcomeCount> kNames{
      "matched", "ignored", "unparsed", "oversized"};
  return kNames[static_cast<std::size_t>(outcome)];
}

void LogDecoder::decode(std::string_view lines, LineCounts& counts,
                        const Visitor& visit, std::optional<WallTime> read_at) {
  while (!lines.empty() && !is_file_log()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    take_line(lines.substr(0, end), counts, visit, read_at);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (malformed_ >= kMaxMalformed) begin_anew(visit, read_at);
  }
  if (!lines.empty()) decode_file_log(lines, counts, visit);
}

void LogDecoder::take_line(std::string_view line, LineCounts& counts,
                           const Visitor& visit,
                           const std::optional<WallTime>& read_at) {
  const auto outcome = decode_line(line, visit, read_at);
  count(outcome, counts);
  if (outcome == LineOutcome::unparsed) hold({std::string{line}, {}});
}

void LogDecoder::decode_file_log(std::string_view lines, LineCounts& counts,
                                 const Visitor& visit) {
  std::size_t shown = 0;
  const auto all = sieve_openclaw_json(lines, [&](std::string_view line) {
    ++shown;
    if (!take_accepted_turn(line, counts, visit))
      take_line(line, counts, visit, {});
  });
  counts[static_cast<std::size_t>(LineOutcome::ignored)] += all - shown;
  if (shown < all) malformed_ = strange_ = 0;
  if (malformed_ >= kMaxMalformed) begin_anew(visit, {});
  const auto before_last = lines.substr(0, lines.size() - 1).rfind('\n');
  const auto last =
      lines.substr(before_last == std::string_view::npos ? 0 : before_last + 1);
  if (const auto date = date_of(last)) last_line_at_ = date;
}

/// False where the line has to be decoded.
bool LogDecoder::take_accepted_turn(std::string_view line, LineCounts& counts,
                                    const Visitor& visit) {
  const auto at = read_accepted_turn(line);
  if (!at) return false;
  is_strange_ = false;
  is_empty_ = false;
  count(LineOutcome::ignored, counts);
  last_line_at_ = at;
  LogEvent event;
  event.kind.reset();
  event.time = at;
  event.turn = TurnOutcome::ok;
  visit(event, LogSource::file_log);
  return true;
}

bool LogDecoder::is_known() const {
  return is_of_gateway(layout_.line) || layout_.console;
}

void LogDecoder::decode(const ConsoleLine& line, LineCounts& counts,
                        const Visitor& visit) {
  is_strange_ = false;
  const auto outcome = decode_console(line, visit);
  count(outcome, counts);
  if (outcome == LineOutcome::unparsed) hold({{}, line});
  if (malformed_ >= kMaxMalformed) begin_anew(visit, {});
}

void LogDecoder::count(LineOutcome outcome, LineCounts& counts) {
  ++counts[static_cast<std::size_t>(outcome)];
  if (is_empty_) return;
  const bool is_understood = outcome != LineOutcome::unparsed;
  const bool is_of_it = is_understood && !is_strange_;
  malformed_ = is_of_it ? 0 : malformed_ + 1;
  strange_ = is_understood ? 0 : std::min(strange_ + 1, kMaxMalformed);
  if (is_of_it) held_.clear();
}

void LogDecoder::hold(Held held) {
  if (!layout_.line && !layout_.console) return;
  if (held_.empty()) held_bytes_ = 0;
  held_bytes_ +=
      held.line.size() + (held.console ? held.console->text.size() : 0);
  if (held_bytes_ <= kMaxHeldBytes) held_.push_back(std::move(held));
}

/// They were counted already.
void LogDecoder::begin_anew(const Visitor& visit,
                            const std::optional<WallTime>& read_at) {
  layout_ = {};
  if (held_.empty()) malformed_ = 0;  // all could be read
  for (const auto& held : std::exchange(held_, {})) {
    if (held.console)
      decode_console(*held.console, visit);
    else
      decode_line(held.line, visit, read_at);
  }
}

void LogDecoder::recognise(std::string_view line) {
  const auto [format, prefixed] =
      recognise_line(line, [](const auto& found) { return found.has_value(); });
  layout_.line = format;
  layout_.prefixed = prefixed;
}

void LogDecoder::recognise_console(std::string_view text) {
  const auto [format, prefixed] = recognise_line(text, is_of_gateway);
  layout_.console = format;
  layout_.console_prefixed = prefixed;
}

/// A quotation is short.
void LogDecoder::note_quotes(std::string_view text) {
  if (holds_gateway_line(text))
    quoted_ = std::min(quoted_ + 1, kMaxMalformed);
  else if (quoted_ > 0 && recognise_log_format(text))
    quoted_ = 0;
}

LineOutcome LogDecoder::decode_line(std::string_view line, const Visitor& visit,
                                    const std::optional<WallTime>& read_at) {
  is_strange_ = false;
  line.remove_prefix(std::min(line.find_first_not_of('\0'), line.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  is_empty_ = line.empty();
  if (is_empty_) return LineOutcome::ignored;
  if (line.size() > kMaxLogLineBytes) return LineOutcome::oversized;
  if (!layout_.line) recognise(line);
  if (!layout_.line) return LineOutcome::unparsed;
  if (layout_.prefixed) {
    const auto prefix = line_prefix(line);
    if (prefix == 0) return LineOutcome::unparsed;
    line.remove_prefix(prefix);
  }
  switch (*layout_.line) {
    case LineFormat::openclaw_json:
      return take(parse_openclaw_json(line), visit);
    case LineFormat::console_json:
      return decode_console_json({std::string{line}, {}, {}, read_at}, visit);
    case LineFormat::docker_json:
      return unwrap(docker_.decode(line), visit);
    case LineFormat::cri:
      return unwrap(cri_.decode(line), visit);
    case LineFormat::journald_json:
      return unwrap(journald_.decode(line), visit);
    case LineFormat::json_envelope: {
      const auto inside = unwrap_json_envelope(line);
      return inside ? decode_console(*inside, visit)
                    : outcome_of(inside.problem());
    }
    case LineFormat::console_text:
      return decode_console_text({std::string{line}, {}, {}, read_at}, visit);
  }
  return LineOutcome::unparsed;
}

LineOutcome LogDecoder::unwrap(const Result<std::optional<ConsoleLine>>& line,
                               const Visitor& visit) {
  if (!line) return outcome_of(line.problem());
  return *line ? decode_console(**line, visit) : LineOutcome::ignored;
}

LineOutcome LogDecoder::decode_console(const ConsoleLine& line,
                                       const Visitor& visit) {
  if (line.arrived_at) last_line_at_ = line.arrived_at;
  is_empty_ = line.text.empty();
  if (is_empty_) return LineOutcome::ignored;
  if (!layout_.console) recognise_console(line.text);
  if (!layout_.console) return decode_early_line(line, visit);
  if (!layout_.console_prefixed) return decode_known_console(line, visit);
  const auto prefix = line_prefix(line.text);
  if (prefix == 0) return LineOutcome::unparsed;
  auto bare = line;
  bare.text.erase(0, prefix);
  return decode_known_console(bare, visit);
}

/// What a gateway says before it has a logger proves no format.
LineOutcome LogDecoder::decode_early_line(const ConsoleLine& line,
                                          const Visitor& visit) {
  if (line.stream != ConsoleStream::err) return LineOutcome::unparsed;
  const auto record = console_text_.decode(line);
  const auto outcome =
      record ? take_record(*record, visit) : LineOutcome::ignored;
  return outcome == LineOutcome::matched ? outcome : LineOutcome::unparsed;
}

LineOutcome LogDecoder::decode_known_console(const ConsoleLine& line,
                                             const Visitor& visit) {
  if (layout_.console == LineFormat::openclaw_json)
    return take(parse_openclaw_json(line.text), visit);
  return layout_.console == LineFormat::console_json
             ? decode_console_json(line, visit)
             : decode_console_text(line, visit);
}

LineOutcome LogDecoder::decode_console_json(const ConsoleLine& line,
                                            const Visitor& visit) {
  const auto record = parse_console_json(line.text);
  if (record) return take_record(*record, visit);
  // All that a reply says is within the JSON.
  is_strange_ = recognise_log_format(line.text) == LineFormat::console_text;
  return is_strange_ ? decode_console_text(line, visit)
                     : outcome_of(record.problem());
}

LineOutcome LogDecoder::decode_console_text(const ConsoleLine& line,
                                            const Visitor& visit) {
  if (may_be_from_json_console(line)) return LineOutcome::unparsed;
  note_quotes(line.text);
  const auto record = console_text_.decode(line);
  return record ? take_record(*record, visit) : LineOutcome::ignored;
}

/// A gateway's line on a console that is JSON now, not one in a reply: a model
/// hardly knows when its reply will be printed. Where nothing notes arrivals
/// any time until it is read is as good, as with text.
bool LogDecoder::may_be_from_json_console(const ConsoleLine& line) const {
  constexpr std::chrono::seconds kMaxApart{2};
  if (!line.text.starts_with('{')) return false;
  const auto record = parse_console_json(line.text);
  if (!record || record->level == RecordLevel::unknown || !record->time)
    return false;
  const auto written_at = *record->time;
  if (line.arrived_at)
    return std::chrono::abs(*line.arrived_at - written_at) <= kMaxApart;
  const bool is_before_known =
      last_line_at_ && written_at < *last_line_at_ - kMaxApart;
  return line.read_at && written_at <= *line.read_at + kMaxApart &&
         !is_before_known;
}

LineOutcome LogDecoder::take(const Result<LogRecord>& record,
                             const Visitor& visit) {
  return record ? take_record(*record, visit) : outcome_of(record.problem());
}

/// A run that failed for a database does not say for which: the wait before it
/// does.
void LogDecoder::name_database(const LogRecord& record, LogEvent& event) {
  constexpr std::chrono::milliseconds kMaxApart{2000};
  if (event.kind == LogEventKind::sqlite_lock_wait_failed)
    failed_wait_ = {record.time, record.elapsed, record.database};
  if (!event.incident || event.incident->kind != TimeoutKind::sqlite) return;
  const auto& [at, wait, database] = failed_wait_;
  if (!at || !record.time || std::chrono::abs(*record.time - *at) > kMaxApart)
    return;
  auto& incident = *event.incident;
  incident.wait = wait;
  incident.lock_path = database;
  if (incident.agent.empty()) incident.agent = agent_of_path(database);
}

LineOutcome LogDecoder::take_record(const LogRecord& record,
                                    const Visitor& visit) {
  if (record.time) last_line_at_ = record.time;
  auto event = classify_log_record(record);
  if (!twins_.is_credible(record)) return LineOutcome::ignored;
  if (!event) return LineOutcome::ignored;
  name_database(record, *event);
  visit(*event, record.source);
  return event->kind ? LineOutcome::matched : LineOutcome::ignored;
}

}  // namespace openclaw_lock
