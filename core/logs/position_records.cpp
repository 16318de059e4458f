// SPDX-License-Identifier: Apache-2.0
#include "core/logs/position_records.h"

#include <zlib.h>

#include <charconv>
#include <utility>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::size_t kCrcDigits = 8;

std::string crc_of(std::string_view bytes) {
  auto sum =
      ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  std::string digits(kCrcDigits, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    *digit = kHexDigits[sum & 15];
    sum >>= 4;
  }
  return digits;
}

char letter_of(PositionKind kind) {
  switch (kind) {
    case PositionKind::checkpoint:
      return 'c';
    case PositionKind::first_seen:
      return 'f';
    case PositionKind::forgotten:
      return 'e';
  }
  return 'e';
}

std::optional<PositionKind> kind_of(std::string_view text) {
  if (text == "c") return PositionKind::checkpoint;
  if (text == "f") return PositionKind::first_seen;
  if (text == "e") return PositionKind::forgotten;
  return {};
}

bool is_plain(char c) { return c > ' ' && c < 0x7f && c != '%'; }

void append_escaped(std::string& text, std::string_view bytes) {
  for (const char c : bytes) {
    if (is_plain(c)) {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    text += '%';
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15];
  }
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_plain(text[i])) {
      bytes += text[i];
      continue;
    }
    if (text[i] != '%' || text.size() - i < 3) return {};
    const auto high = kHexDigits.find(text[i + 1]);
    const auto low = kHexDigits.find(text[i + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos)
      return {};
    bytes += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return bytes;
}

/// What stands before the first blank of `text`, which loses both.
std::optional<std::string_view> next_word(std::string_view& text) {
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos) return {};
  const auto word = text.substr(0, blank);
  text.remove_prefix(blank + 1);
  return word;
}

}  // namespace

std::string encode_position_record(PositionKind kind, std::string_view gateway,
                                   std::string_view body) {
  std::string line(kCrcDigits + 1, ' ');
  line += letter_of(kind);
  line += ' ';
  append_escaped(line, gateway);
  line += ' ';
  line += body;
  line.replace(0, kCrcDigits,
               crc_of(std::string_view{line}.substr(kCrcDigits + 1)));
  line += '\n';
  return line;
}

Result<PositionRecord> decode_position_record(std::string_view line) {
  const auto damaged = [](const char* detail) {
    return Problem{Fault::malformed, "log positions", detail};
  };
  const auto sum = next_word(line);
  if (!sum || *sum != crc_of(line)) return damaged("the checksum is wrong");
  const auto letter = next_word(line);
  const auto kind = letter ? kind_of(*letter) : std::nullopt;
  const auto name = next_word(line);
  auto gateway = name ? unescaped(*name) : std::nullopt;
  if (!kind || !gateway)
    return damaged("not of the form that this version writes");
  return PositionRecord{*kind, *std::move(gateway), line};
}

std::string encode_first_seen(WallTime at) {
  return std::to_string(at.time_since_epoch().count());
}

std::optional<WallTime> decode_first_seen(std::string_view body) {
  constexpr std::int64_t kFirst = -62135596800000;
  constexpr std::int64_t kLast = 253402300799999;
  const auto number = parse_integer<std::int64_t>(body);
  if (!number || *number < kFirst || *number > kLast) return {};
  return WallTime{std::chrono::milliseconds{*number}};
}

void PositionIndex::replace(std::optional<PositionSpan>& old,
                            std::optional<PositionSpan> fresh) {
  if (old) live_bytes_ -= old->length;
  if (fresh) live_bytes_ += fresh->length;
  old = fresh;
}

void PositionIndex::add(const PositionRecord& record, PositionSpan span) {
  auto& entry = entries_[record.gateway];
  switch (record.kind) {
    case PositionKind::checkpoint:
      replace(entry.checkpoint, span);
      return;
    case PositionKind::first_seen:
      replace(entry.first_seen, span);
      entry.first_seen_at = decode_first_seen(record.body);
      return;
    case PositionKind::forgotten:
      replace(entry.checkpoint, {});
      replace(entry.first_seen, {});
      entries_.erase(record.gateway);
      return;
  }
}

void PositionIndex::drop_checkpoint(const std::string& gateway) {
  const auto found = entries_.find(gateway);
  if (found == entries_.end()) return;
  replace(found->second.checkpoint, {});
  if (!found->second.first_seen) entries_.erase(found);
}

const PositionIndex::Entry* PositionIndex::find(
    const std::string& gateway) const {
  const auto found = entries_.find(gateway);
  return found == entries_.end() ? nullptr : &found->second;
}

void PositionScan::feed(std::string_view bytes) {
  for (;;) {
    const auto newline = bytes.find('\n');
    const auto piece = bytes.substr(0, newline);
    unfinished_bytes_ += piece.size();
    const bool is_whole = newline != std::string_view::npos;
    const bool is_kept = unfinished_bytes_ <= kMaxPositionLine;
    if (is_kept && (!is_whole || !unfinished_.empty())) unfinished_ += piece;
    if (!is_kept) unfinished_.clear();
    if (!is_whole) return;
    if (is_kept)
      take_line(unfinished_.empty() ? piece : std::string_view{unfinished_});
    else
      ++damaged_;
    end_ += unfinished_bytes_ + 1;
    unfinished_bytes_ = 0;
    unfinished_.clear();
    bytes.remove_prefix(newline + 1);
  }
}

void PositionScan::take_line(std::string_view line) {
  const PositionSpan span{end_, line.size() + 1};
  if (end_ == 0) {
    is_known_ = line == kPositionsHeader.substr(0, kPositionsHeader.size() - 1);
    damaged_ += is_known_ ? 0 : 1;
    return;
  }
  if (!is_known_) return;
  if (const auto record = decode_position_record(line))
    index_.add(*record, span);
  else
    ++damaged_;
}

}  // namespace openclaw_lock
