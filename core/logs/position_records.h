// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/wall_time.h"

namespace openclaw_lock {

/// The file of what is kept of all gateways over a restart: kPositionsHeader,
/// then a record a line, appended as things happen. Of each gateway and kind
/// the last record counts.
///
///     CRC KIND NAME BODY
///
/// CRC: CRC-32 in 8 hexadecimal digits, of all that follows up to the newline.
/// KIND: a letter, see below. NAME: of the gateway, bytes outside 0x21 to 0x7e
/// and `%` as `%XX`. BODY: without newlines.
inline constexpr std::string_view kPositionsHeader =
    "openclaw-lock-exporter positions 1\n";

/// Longer lines are damage.
inline constexpr std::size_t kMaxPositionLine = std::size_t{16} << 20;

enum class PositionKind {
  checkpoint,  ///< `c`; body: encode_checkpoint()
  first_seen,  ///< `f`; body: milliseconds since 1970
  forgotten,   ///< `e`; no body: nothing before it counts
};

struct PositionRecord {
  PositionKind kind = PositionKind::checkpoint;
  std::string gateway;
  std::string_view body;
};

/// A line with its newline. `body` holds no newline.
std::string encode_position_record(PositionKind kind, std::string_view gateway,
                                   std::string_view body);

/// A line without its newline; `body` of the record points into it. Malformed:
/// the checksum is wrong, or what it covers is of another form.
Result<PositionRecord> decode_position_record(std::string_view line);

std::string encode_first_seen(WallTime at);
/// Nothing where it is not a time of the years 1 to 9999.
std::optional<WallTime> decode_first_seen(std::string_view body);

/// Where a line lies in the file.
struct PositionSpan {
  std::uint64_t offset = 0;
  std::size_t length = 0;  ///< with the newline

  bool operator==(const PositionSpan&) const = default;
};

/// Which lines of the file count.
class PositionIndex {
 public:
  struct Entry {
    std::optional<PositionSpan> checkpoint;
    std::optional<PositionSpan> first_seen;
    std::optional<WallTime> first_seen_at;
  };

  /// What comes later counts.
  void add(const PositionRecord& record, PositionSpan span);
  /// A record that cannot be read any more.
  void drop_checkpoint(const std::string& gateway);

  const Entry* find(const std::string& gateway) const;
  const std::map<std::string, Entry>& entries() const { return entries_; }
  std::uint64_t live_bytes() const { return live_bytes_; }

 private:
  void replace(std::optional<PositionSpan>& old,
               std::optional<PositionSpan> fresh);

  std::map<std::string, Entry> entries_;
  std::uint64_t live_bytes_ = 0;
};

/// Reads the file in pieces of any size. A damaged line hides no other; one
/// without a newline, which a crash leaves at the end, is passed over.
class PositionScan {
 public:
  void feed(std::string_view bytes);

  /// The header was there.
  bool is_known() const { return is_known_; }
  /// Whole lines that are no records, header included.
  std::size_t damaged() const { return damaged_; }
  /// The file was cut within its first record: a file that is written anew has
  /// one at least.
  bool is_cut_short() const {
    return is_known_ && index_.entries().empty() && unfinished_bytes_ > 0;
  }
  /// Behind the last newline.
  std::uint64_t end() const { return end_; }

  const PositionIndex& index() const { return index_; }
  PositionIndex take_index() { return std::move(index_); }

 private:
  void take_line(std::string_view line);

  PositionIndex index_;
  std::string unfinished_;
  std::uint64_t unfinished_bytes_ = 0;
  std::uint64_t end_ = 0;
  std::size_t damaged_ = 0;
  bool is_known_ = false;
};

}  // namespace openclaw_lock
