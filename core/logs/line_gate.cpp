// SPDX-License-Identifier: Apache-2.0
#include "core/logs/line_gate.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "core/logs/literal_set.h"
#include "core/logs/log_event_table.h"
#include "core/logs/log_record.h"

namespace openclaw_lock {
namespace {

constexpr std::string_view kRecordStart = R"({"0":)";
constexpr std::string_view kBoundStart = R"({"0":"{)";
constexpr std::string_view kSubsystemStart = R"({"0":"{\"subsystem\":\")";

/// A terminal's colours, as JSON writes them: they may stand within what is
/// searched for.
constexpr std::string_view kColour = R"(\u001b[)";

/// As far as JSON writes a literal as it is.
constexpr std::string_view unescaped_part(std::string_view literal) {
  const auto escaped = std::find_if(literal.begin(), literal.end(), [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ';
  });
  return {literal.begin(), escaped};
}

constexpr bool is_quiet(RecordLevel level) { return level < RecordLevel::warn; }

template <typename Rows>
constexpr std::size_t count_quiet(const Rows& rows) {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(),
                    [](const auto& row) { return is_quiet(row.level); }));
}

template <std::size_t Count, typename Rows>
constexpr std::array<std::string_view, Count> quiet_starts(const Rows& rows) {
  std::array<std::string_view, Count> starts;
  std::size_t used = 0;
  for (const auto& row : rows)
    if (is_quiet(row.level)) starts[used++] = unescaped_part(row.start);
  return starts;
}

template <std::size_t Count, typename Rows>
constexpr std::array<std::string_view, Count> quiet_subsystems(
    const Rows& rows) {
  std::array<std::string_view, Count> subsystems;
  std::size_t used = 0;
  for (const auto& row : rows)
    if (is_quiet(row.level)) subsystems[used++] = row.subsystem;
  return subsystems;
}

template <typename Rows>
constexpr auto all_starts(const Rows& rows) {
  std::array<std::string_view, std::tuple_size_v<Rows>> starts;
  std::transform(rows.begin(), rows.end(), starts.begin(),
                 [](const auto& row) { return unescaped_part(row.start); });
  return starts;
}

/// Of errors what no other text has.
constexpr auto error_literals() {
  std::array<std::string_view, kErrorRows.size()> literals;
  std::transform(kErrorRows.begin(), kErrorRows.end(), literals.begin(),
                 [](const ErrorRow& row) {
                   return row.rest.empty() ? unescaped_part(row.start)
                                           : row.rest;
                 });
  return literals;
}

template <std::size_t First, std::size_t Second>
constexpr auto joined(const std::array<std::string_view, First>& first,
                      const std::array<std::string_view, Second>& second) {
  std::array<std::string_view, First + Second> both;
  std::copy(second.begin(), second.end(),
            std::copy(first.begin(), first.end(), both.begin()));
  return both;
}

constexpr std::size_t kQuietRows = count_quiet(kLogEventRows);
constexpr std::size_t kQuietCarriers = count_quiet(kErrorCarrierRows);

constexpr LiteralSet kErrors{error_literals()};
/// A carrier of an error needs no place here: the error has one.
constexpr LiteralSet kLoudEvents{
    joined(joined(joined(all_starts(kLogEventRows), all_starts(kTurnRows)),
                  error_literals()),
           std::array{kSessionWriteFailed, kLogQueueOverflow, kStartFailed,
                      kFallbackDecision})};
constexpr auto kQuietEventStarts =
    joined(quiet_starts<kQuietRows>(kLogEventRows), all_starts(kTurnRows));
constexpr auto kQuietErrorStarts =
    quiet_starts<kQuietCarriers>(kErrorCarrierRows);
constexpr LiteralSet kQuietEvents{kQuietEventStarts};
constexpr LiteralSet kQuietStarts{joined(kQuietEventStarts, kQuietErrorStarts)};
constexpr auto kQuietSubsystemNames =
    joined(joined(quiet_subsystems<kQuietRows>(kLogEventRows),
                  quiet_subsystems<kQuietCarriers>(kErrorCarrierRows)),
           quiet_subsystems<kTurnRows.size()>(kTurnRows));
constexpr LiteralSet kQuietSubsystems{kQuietSubsystemNames};

/// The beginning of a line, and places in it.
struct Head {
  static constexpr std::size_t kBytes = 72;

  std::array<char, kBytes> text{};
  std::size_t subsystem = 0;  ///< its name ends here
  std::size_t message = 0;    ///< begins here
  std::size_t end = 0;

  constexpr void append(std::string_view more) {
    for (const char c : more)
      if (end < kBytes) text[end++] = c;
  }
};

constexpr Head plain_head(std::string_view text) {
  Head head;
  head.append(text);
  return head;
}

/// Of a quiet event whose message is the first argument.
constexpr Head quiet_head(std::string_view subsystem, std::string_view start) {
  if (subsystem.empty())
    throw std::invalid_argument{"would need a search in every line"};
  Head head;
  head.append(kSubsystemStart);
  head.append(subsystem);
  head.append(R"(\")");
  head.subsystem = head.end;
  head.append(R"(}","1":")");
  head.message = head.end;
  head.append(unescaped_part(start));
  return head;
}

/// Of a quiet record whose message begins in colour.
constexpr Head coloured_head(std::string_view subsystem) {
  Head head = quiet_head(subsystem, {});
  head.append(kColour);
  return head;
}

/// The first of its name.
constexpr bool is_first_of_its_name(std::size_t i) {
  const auto* const begin = kQuietSubsystemNames.begin();
  return std::find(begin, begin + i, kQuietSubsystemNames[i]) == begin + i;
}

constexpr std::size_t kColouredHeads = [] {
  std::size_t count = 0;
  for (std::size_t i = 0; i < kQuietSubsystemNames.size(); ++i)
    if (is_first_of_its_name(i)) ++count;
  return count;
}();

/// A turn that failed begins as an error does that is looked for.
constexpr bool has_head_of_its_own(const TurnRow& turn) {
  return std::none_of(kErrorCarrierRows.begin(), kErrorCarrierRows.end(),
                      [&](const ErrorCarrierRow& row) {
                        return row.subsystem == turn.subsystem &&
                               turn.start.starts_with(row.start);
                      });
}

constexpr auto kTurnHeads = static_cast<std::size_t>(
    std::count_if(kTurnRows.begin(), kTurnRows.end(), has_head_of_its_own));
constexpr std::size_t kQuietHeads = kQuietRows + kQuietCarriers + kTurnHeads;

enum : std::size_t {
  record_head,
  bound_head,
  subsystem_head,
  first_quiet_head,
  first_turn_head = first_quiet_head + kQuietRows + kQuietCarriers,
  first_coloured_head = first_quiet_head + kQuietHeads
};

constexpr auto kHeads = [] {
  std::array<Head, first_coloured_head + kColouredHeads> heads;
  heads[record_head] = plain_head(kRecordStart);
  heads[bound_head] = plain_head(kBoundStart);
  heads[subsystem_head] = plain_head(kSubsystemStart);
  std::size_t used = first_quiet_head;
  for (const auto& row : kLogEventRows)
    if (is_quiet(row.level))
      heads[used++] = quiet_head(row.subsystem, row.start);
  for (const auto& row : kErrorCarrierRows)
    if (is_quiet(row.level))
      heads[used++] = quiet_head(row.subsystem, row.start);
  for (const auto& row : kTurnRows)
    if (has_head_of_its_own(row))
      heads[used++] = quiet_head(row.subsystem, row.start);
  for (std::size_t i = 0; i < kQuietSubsystemNames.size(); ++i)
    if (is_first_of_its_name(i))
      heads[used++] = coloured_head(kQuietSubsystemNames[i]);
  return heads;
}();

using Word = std::uint64_t;

/// Word `At` of a head as it lies in memory, or the mask of its bytes, where
/// only the bytes From to To count.
template <std::size_t Which, std::size_t From, std::size_t To, std::size_t At>
constexpr Word head_word(bool mask) {
  std::array<char, sizeof(Word)> bytes{};
  for (std::size_t i = 0; i < sizeof(Word); ++i)
    if (const auto at = At * sizeof(Word) + i; at >= From && at < To)
      bytes[i] = mask ? '\xff' : kHeads[Which].text[at];
  return std::bit_cast<Word>(bytes);
}

template <std::size_t Which, std::size_t From, std::size_t To, std::size_t At>
[[gnu::always_inline]] inline Word word_difference(const char* line) {
  constexpr Word kWanted = head_word<Which, From, To, At>(false);
  constexpr Word kMask = head_word<Which, From, To, At>(true);
  Word word = 0;
  std::memcpy(&word, line + At * sizeof(Word), sizeof word);
  return (word & kMask) ^ kWanted;
}

/// 1 where `line` has the bytes From to To of the head, else 0: no branch.
template <std::size_t Which, std::size_t From, std::size_t To>
[[gnu::always_inline]] inline unsigned has_part(const char* line) {
  constexpr auto kFirst = From / sizeof(Word);
  constexpr auto kLast = (To + sizeof(Word) - 1) / sizeof(Word);
  const Word difference = [line]<std::size_t... I>(std::index_sequence<I...>) {
    return (word_difference<Which, From, To, kFirst + I>(line) | ...);
  }
  (std::make_index_sequence<kLast - kFirst>{});
  return difference == 0 ? 1U : 0U;
}

template <std::size_t Which>
[[gnu::always_inline]] inline unsigned has_head(const char* line) {
  return has_part<Which, 0, kHeads[Which].end>(line);
}

/// The subsystem of a quiet event, and its message or one further behind.
template <std::size_t Which>
[[gnu::always_inline]] inline unsigned may_be_quiet_event(const char* line) {
  constexpr const Head& kHead = kHeads[Which];
  return has_part<Which, 0, kHead.subsystem>(line) &
         ((has_part<Which, kHead.subsystem, kHead.message>(line) ^ 1U) |
          has_part<Which, kHead.message, kHead.end>(line));
}

/// 0 where the beginning of a line proves that it is no quiet event. Reads
/// Head::kBytes.
[[gnu::always_inline]] inline unsigned is_suspect(const char* line) {
  const unsigned quiet = [line]<std::size_t... I>(std::index_sequence<I...>) {
    return (may_be_quiet_event<first_quiet_head + I>(line) | ...);
  }
  (std::make_index_sequence<kQuietHeads>{});
  const unsigned coloured = [line]<std::size_t... I>(
      std::index_sequence<I...>) {
    return (has_head<first_coloured_head + I>(line) | ...);
  }
  (std::make_index_sequence<kColouredHeads>{});
  return (has_head<record_head>(line) ^ 1U) |
         (line[kRecordStart.size()] == ' ' ? 1U : 0U) |
         (has_head<bound_head>(line) & (has_head<subsystem_head>(line) ^ 1U)) |
         quiet | coloured;
}

/// Turns are many; the beginning of one tells enough.
bool begins_turn(std::string_view line) {
  if (line.size() < Head::kBytes) return false;
  const unsigned begins = [&line]<std::size_t... I>(std::index_sequence<I...>) {
    return (has_head<first_turn_head + I>(line.data()) | ...);
  }
  (std::make_index_sequence<kTurnHeads>{});
  return begins != 0;
}

/// Another program has parsed the record and written it again, with blanks.
bool is_written_anew(std::string_view line) {
  return line.size() > kRecordStart.size() && line[kRecordStart.size()] == ' ';
}

bool has_colour(std::string_view line) {
  return line.find(kColour) != std::string_view::npos;
}

bool may_be_event(std::string_view line, bool loud) {
  if (line.size() > kMaxLogLineBytes || !line.starts_with(kRecordStart) ||
      is_written_anew(line))
    return true;
  if (begins_turn(line)) return true;
  if (loud) return kLoudEvents.is_in(line) || has_colour(line);
  // Quotation marks within a binding are escaped, so it ends here or before.
  const auto binding = line.substr(0, line.find("}\""));
  if (!kQuietSubsystems.is_in(binding)) return false;
  return has_colour(line) ||
         (kQuietStarts.is_in(line) &&
          (kQuietEvents.is_in(line) || kErrors.is_in(line)));
}

}  // namespace

LineGate::LineGate(std::string_view lines, const LineVisitor& visit)
    : lines_{lines}, visit_{visit} {
  begin_line(0);
}

void LineGate::begin_line(std::size_t at) {
  begin_ = at;
  loud_ = false;
  suspect_ =
      lines_.size() - at < Head::kBytes || is_suspect(lines_.data() + at) != 0;
}

void LineGate::newline(std::size_t at) {
  ++count_;
  if (loud_ || suspect_ || at - begin_ > kMaxLogLineBytes) [[unlikely]]
    look_at_line(at);
  begin_line(at + 1);
}

void LineGate::look_at_line(std::size_t end) {
  const auto line = lines_.substr(begin_, end - begin_);
  if (may_be_event(line, loud_)) visit_(line);
}

void LineGate::level(std::size_t at) {
  if (at < kLevelIdLetter) return;
  const auto rest = lines_.substr(at - kLevelIdLetter);
  if (rest.size() <= kLevelId.size() || !rest.starts_with(kLevelId)) return;
  const char level = rest[kLevelId.size()];
  loud_ = loud_ || (level >= '4' && level <= '6');
}

}  // namespace openclaw_lock
