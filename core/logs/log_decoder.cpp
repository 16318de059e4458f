// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_decoder.h"

#include <algorithm>

#include "core/logs/console_json.h"
#include "core/logs/log_sieve.h"
#include "core/logs/openclaw_json.h"

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

/// A gateway's line on a console that is JSON now, not one in a reply: a model
/// cannot know when its reply will be printed.
bool is_from_json_console(const ConsoleLine& line) {
  constexpr std::chrono::milliseconds kMaxApart{2000};
  if (!line.text.starts_with('{') || !line.arrived_at) return false;
  const auto record = parse_console_json(line.text);
  return record && record->level != RecordLevel::unknown && record->time &&
         std::chrono::abs(*line.arrived_at - *record->time) <= kMaxApart;
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
  while (!lines.empty() && layout_.line != LineFormat::openclaw_json) {
    const auto end = std::min(lines.find('\n'), lines.size());
    count(decode_line(lines.substr(0, end), visit, read_at), counts);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (malformed_ >= kMaxMalformed) layout_ = {};
  }
  if (!lines.empty()) decode_file_log(lines, counts, visit);
}

void LogDecoder::decode_file_log(std::string_view lines, LineCounts& counts,
                                 const Visitor& visit) {
  std::size_t shown = 0;
  const auto all = sieve_openclaw_json(lines, [&](std::string_view line) {
    ++shown;
    count(decode_line(line, visit, {}), counts);
  });
  counts[static_cast<std::size_t>(LineOutcome::ignored)] += all - shown;
  if (shown < all) malformed_ = 0;
  if (malformed_ >= kMaxMalformed) layout_ = {};
  const auto before_last = lines.substr(0, lines.size() - 1).rfind('\n');
  const auto last =
      lines.substr(before_last == std::string_view::npos ? 0 : before_last + 1);
  if (const auto date = date_of(last)) last_line_at_ = date;
}

void LogDecoder::decode(const ConsoleLine& line, LineCounts& counts,
                        const Visitor& visit) {
  count(decode_console(line, visit), counts);
  if (malformed_ >= kMaxMalformed) layout_ = {};
}

void LogDecoder::count(LineOutcome outcome, LineCounts& counts) {
  malformed_ = outcome == LineOutcome::unparsed ? malformed_ + 1 : 0;
  ++counts[static_cast<std::size_t>(outcome)];
}

LineOutcome LogDecoder::decode_line(std::string_view line, const Visitor& visit,
                                    const std::optional<WallTime>& read_at) {
  line.remove_prefix(std::min(line.find_first_not_of('\0'), line.size()));
  if (line.empty()) return LineOutcome::ignored;
  if (line.size() > kMaxLogLineBytes) return LineOutcome::oversized;
  if (!layout_.line) layout_.line = recognise_log_format(line);
  if (!layout_.line) return LineOutcome::unparsed;
  switch (*layout_.line) {
    case LineFormat::openclaw_json:
      return take(parse_openclaw_json(line), visit);
    case LineFormat::console_json:
      return take(parse_console_json(line), visit);
    case LineFormat::docker_json:
      return unwrap(docker_.decode(line), visit);
    case LineFormat::cri:
      return unwrap(cri_.decode(line), visit);
    case LineFormat::journald_json:
      return unwrap(journald_.decode(line), visit);
    case LineFormat::console_text: {
      const auto record =
          console_text_.decode({std::string{line}, {}, {}, read_at});
      return record ? take_record(*record, visit) : LineOutcome::ignored;
    }
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
  if (!layout_.console) {
    const auto found = recognise_log_format(line.text);
    if (found != LineFormat::console_json && found != LineFormat::console_text)
      return LineOutcome::ignored;
    layout_.console = found;
  }
  if (layout_.console == LineFormat::console_json)
    return line.text.empty() ? LineOutcome::ignored
                             : take(parse_console_json(line.text), visit);
  if (is_from_json_console(line)) return LineOutcome::unparsed;
  const auto record = console_text_.decode(line);
  return record ? take_record(*record, visit) : LineOutcome::ignored;
}

LineOutcome LogDecoder::take(const Result<LogRecord>& record,
                             const Visitor& visit) {
  return record ? take_record(*record, visit) : outcome_of(record.problem());
}

LineOutcome LogDecoder::take_record(const LogRecord& record,
                                    const Visitor& visit) {
  if (record.time) last_line_at_ = record.time;
  auto event = classify_log_record(record);
  if (!twins_.is_credible(record)) return LineOutcome::ignored;
  if (!event) return LineOutcome::ignored;
  visit(*event, record.source);
  return LineOutcome::matched;
}

}  // namespace openclaw_lock
