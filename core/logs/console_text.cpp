// SPDX-License-Identifier: Apache-2.0
#include "core/logs/console_text.h"

#include <algorithm>

#include "core/logs/meta_fields.h"
#include "core/logs/plain_text.h"

namespace openclaw_lock {
namespace {

constexpr std::string_view kWatchdog =
    "[session-write-lock] releasing lock held for ";
constexpr std::size_t kMaxSubsystemBytes = 64;
/// `2026-11-20T23:16:17.939+00:00` with up to nine digits of fraction.
constexpr std::size_t kMaxTimeBytes = 35;

/// `diagnostic` of `[diagnostic] message`, else empty.
std::string_view subsystem_of(std::string_view text) {
  if (!text.starts_with('[')) return {};
  const auto end = text.substr(0, kMaxSubsystemBytes + 2).find("] ");
  if (end == std::string_view::npos) return {};
  const auto name = text.substr(1, end - 1);
  const bool is_name = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '/' ||
           c == '.';
  });
  return is_name ? name : std::string_view{};
}

/// Time of day at the front, on 1 January 1970.
std::optional<WallTime> parse_clock(std::string_view text) {
  if (text.size() != 8) return {};
  return parse_iso8601("1970-01-01T" + std::string{text} + "Z");
}

}  // namespace

ConsoleTextDecoder::Header ConsoleTextDecoder::parse_header(
    std::string_view text) {
  const auto blank = text.substr(0, kMaxTimeBytes + 1).find(' ');
  if (blank == std::string_view::npos) return {Style::none, {}, text};
  const auto word = text.substr(0, blank);
  const auto rest = text.substr(blank + 1);
  if (const auto time = parse_iso8601(word))
    return {Style::compact, *time, rest};
  if (const auto time = parse_clock(word)) return {Style::pretty, *time, rest};
  return {Style::none, {}, text};
}

LogRecord ConsoleTextDecoder::to_record(const Header& header,
                                        const ConsoleLine& line) const {
  LogRecord record;
  record.source = LogSource::console_text;
  const bool is_terminal = header.style == Style::pretty && !is_service_;
  record.stream = is_terminal ? ConsoleStream::unknown : line.stream;
  record.time = header.style == Style::compact ? header.time : line.arrived_at;
  record.subsystem = subsystem_of(header.rest);
  record.message = header.rest.substr(
      record.subsystem.empty() ? 0 : record.subsystem.size() + 3);
  if (!record.subsystem.empty()) take_meta_tail(record, record.message);
  return record;
}

bool ConsoleTextDecoder::may_continue(const ConsoleLine& line) const {
  if (lines_ == 0) return false;
  if (!line.arrived_at || !arrived_at_) return lines_ < kMaxRecordLines;
  return std::chrono::abs(*line.arrived_at - *arrived_at_) <= kSameWrite;
}

bool ConsoleTextDecoder::is_plausible(const Header& header,
                                      const ConsoleLine& line) const {
  const auto& latest = line.arrived_at ? line.arrived_at : line.read_at;
  if (header.style == Style::compact && latest &&
      header.time > *latest + kClockSlack)
    return false;
  if (!time_ || header.time >= *time_ - kClockSlack) return true;
  return header.style == Style::pretty &&
         *time_ - header.time > std::chrono::hours{12};
}

bool ConsoleTextDecoder::begins_record(const Header& header,
                                       const ConsoleLine& line) const {
  if (header.rest.starts_with(kWatchdog)) return true;
  if (style_ != Style::none)
    return header.style == style_ && is_plausible(header, line);
  if (header.style != Style::none) return is_plausible(header, line);
  return has_subsystem_ && !subsystem_of(header.rest).empty();
}

std::optional<LogRecord> ConsoleTextDecoder::decode(const ConsoleLine& line) {
  const auto text =
      plain_text(std::string_view{line.text}.substr(0, kMaxLogLineBytes));
  const auto header = parse_header(text);
  // Nothing of a reply is on stderr: no line there needs the others.
  if (line.stream == ConsoleStream::err) return to_record(header, line);
  if (may_continue(line) && !begins_record(header, line)) {
    ++lines_;
    if (style_ == Style::none) has_subsystem_ = false;
    return {};
  }
  if (header.style != Style::none) {
    style_ = header.style;
    time_ = header.time;
  }
  if (header.style == Style::compact) is_service_ = true;
  arrived_at_ = line.arrived_at;
  lines_ = 1;
  auto record = to_record(header, line);
  has_subsystem_ = !record.subsystem.empty();
  return record;
}

}  // namespace openclaw_lock
