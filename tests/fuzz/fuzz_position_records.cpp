// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/logs/position_records.h"

namespace {

using namespace openclaw_lock;

void require(bool holds) {
  if (!holds) std::abort();
}

bool same(const PositionScan& a, const PositionScan& b) {
  if (a.is_known() != b.is_known() || a.damaged() != b.damaged() ||
      a.end() != b.end() || a.index().live_bytes() != b.index().live_bytes() ||
      a.index().entries().size() != b.index().entries().size())
    return false;
  for (const auto& [gateway, entry] : a.index().entries()) {
    const auto* other = b.index().find(gateway);
    if (other == nullptr || other->checkpoint != entry.checkpoint ||
        other->first_seen != entry.first_seen ||
        other->first_seen_at != entry.first_seen_at)
      return false;
  }
  return true;
}

/// A file is the same however it is cut into pieces, and what is found in it is
/// where it is said to be.
void check_scan(std::string_view text, std::size_t cut) {
  PositionScan whole;
  whole.feed(text);
  PositionScan halves;
  halves.feed(text.substr(0, cut));
  halves.feed(text.substr(cut));
  PositionScan bytes;
  for (const char& c : text) bytes.feed({&c, 1});
  require(same(whole, halves) && same(whole, bytes));
  for (const auto& [gateway, entry] : whole.index().entries())
    for (const auto& span : {entry.checkpoint, entry.first_seen}) {
      if (!span) continue;
      require(span->offset + span->length <= text.size());
      const auto record =
          decode_position_record(text.substr(span->offset, span->length - 1));
      require(record && record->gateway == gateway);
    }
}

/// No chance hits upon a checksum: the lines of `text` as names and bodies of
/// records with true ones.
std::string with_checksums(std::string_view text) {
  std::string made{kPositionsHeader};
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    const auto kind = static_cast<PositionKind>(line.size() % 3);
    const auto name = line.substr(0, line.size() / 2);
    made += encode_position_record(kind, name, line.substr(name.size()));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto cut = size == 0 ? 0 : data[0] % size;
  check_scan(text, cut);
  check_scan(std::string{kPositionsHeader} + std::string{text}, cut);
  const auto made = with_checksums(text);
  check_scan(made, cut);
  if (const auto record = decode_position_record(text)) {
    const auto line =
        encode_position_record(record->kind, record->gateway, record->body);
    const auto again = decode_position_record({line.data(), line.size() - 1});
    require(again && again->gateway == record->gateway &&
            again->body == record->body);
  }
  if (const auto at = decode_first_seen(text))
    require(decode_first_seen(encode_first_seen(*at)) == at);
  return 0;
}
