// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/logs/log_event.h"
#include "core/logs/log_event_table.h"
#include "core/logs/log_sieve.h"
#include "core/logs/openclaw_json.h"

namespace {

using namespace openclaw_lock;
using Json = nlohmann::ordered_json;
using Lines = std::vector<std::string_view>;

void require(bool holds) {
  if (!holds) std::abort();
}

Lines shown(std::string_view text, SieveWidth width) {
  Lines lines;
  const auto count = sieve_openclaw_json(
      text, [&](std::string_view line) { lines.push_back(line); }, width);
  require(static_cast<std::ptrdiff_t>(count) ==
          std::count(text.begin(), text.end(), '\n'));
  return lines;
}

std::string compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_same(std::string_view one, std::string_view other) {
  return one.data() == other.data() && one.size() == other.size();
}

/// As the sieve's promise has it: compact JSON in the order of tslog.
bool is_canonical(std::string_view line) {
  const auto json = Json::parse(line, nullptr, false);
  if (!json.is_object() || json.empty() || json.begin().key() != "0")
    return false;
  const auto meta = json.find("_meta");
  if (meta == json.end() || !meta->is_object()) return false;
  const auto level = meta->find("logLevelId");
  return level != meta->end() && level->is_number_unsigned() && *level <= 6 &&
         compact(json) == line;
}

bool is_event(std::string_view line) {
  const auto record = parse_openclaw_json(line);
  return record && classify_log_record(*record);
}

void check(std::string_view text) {
  const auto lines = shown(text, SieveWidth::bytes_16);
  const auto wide = shown(text, widest_sieve());
  require(std::equal(lines.begin(), lines.end(), wide.begin(), wide.end(),
                     is_same));
  auto next = lines.begin();
  for (auto end = text.find('\n'); end != std::string_view::npos;
       end = text.find('\n')) {
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (next != lines.end() && is_same(*next, line))
      ++next;
    else
      require(!is_event(line) || !is_canonical(line));
  }
  require(next == lines.end());
}

/// Builds records that are often events, or nearly.
class RecordMaker {
 public:
  explicit RecordMaker(std::string_view seed) : seed_{seed} {}

  bool is_done() const { return seed_.empty(); }

  std::string record() {
    Json json;
    std::string name = "openclaw";
    int index = 0;
    if (byte() % 4 != 0) {
      Json binding{{byte() % 8 == 0 ? "module" : "subsystem", subsystem()}};
      if (byte() % 8 == 0) binding["module"] = subsystem();
      if (byte() % 8 == 0) binding["subsystem"] = subsystem();
      name = compact(binding);
      json[std::to_string(index++)] = name;
    }
    for (int more = byte() % 4; more > 0; --more)
      json[std::to_string(index++)] = argument();
    json["_meta"] = {{"logLevelId", byte() % 8}, {"logLevelName", "WARN"}};
    json["_meta"]["name"] = name;
    if (byte() % 2 == 0) json["message"] = message();
    if (byte() % 4 == 0) json["dropped"] = byte();
    if (byte() % 8 == 0) json["subsystem"] = subsystem();
    return compact(json) + '\n';
  }

 private:
  int byte() {
    if (seed_.empty()) return 1;
    const auto value = static_cast<std::uint8_t>(seed_.front());
    seed_.remove_prefix(1);
    return value;
  }

  template <typename Rows>
  const auto& one_of(const Rows& rows) {
    return rows[static_cast<std::size_t>(byte()) % rows.size()];
  }

  std::string subsystem() {
    switch (byte() % 7) {
      case 0:
        return std::string{one_of(kLogEventRows).subsystem};
      case 1:
        return std::string{one_of(kErrorCarrierRows).subsystem};
      case 2:
        return "session-sqlite";
      case 3:
        return std::string{kChannels} + "slack";
      case 4:
        return std::string{kFallbackSubsystem};
      case 5:
        return std::string{one_of(kTurnRows).subsystem};
      default:
        return text();
    }
  }

  std::string text() {
    const auto size = std::min(static_cast<std::size_t>(byte()), seed_.size());
    std::string piece{seed_.substr(0, size)};
    seed_.remove_prefix(size);
    return piece;
  }

  std::string error() {
    const auto& row = one_of(kErrorRows);
    return std::string{row.start} + text() + std::string{row.rest};
  }

  std::string message() {
    const auto& carrier = one_of(kErrorCarrierRows);
    switch (byte() % 12) {
      case 8:
        return "slack handler failed: " + error();
      case 9:
        return std::string{kFallbackDecision} + text();
      case 10:
        return std::string{kStartFailed} + text();
      case 11:
        return std::string{one_of(kTurnRows).start} + text();
      case 0:
      case 1:
        return std::string{one_of(kLogEventRows).start} + text();
      case 2:
      case 3:
        return std::string{carrier.start} + text() +
               std::string{carrier.marker} +
               "Error: " + error();
      case 4:
        return error();
      case 5:
        return "[openclaw] " + std::string{kLogQueueOverflow} + text();
      case 6:
        return std::string{kSessionWriteFailed} + text();
      default:
        return text();
    }
  }

  Json argument() {
    switch (byte() % 4) {
      case 0:
        return {{"error", message()}, {"dropped", byte()}};
      case 1:
        return {{"message", message()}, {"error", {{"errstr", message()}}}};
      default:
        return message();
    }
  }

  std::string_view seed_;
};

}  // namespace

/// Vectors of every width find the same lines, and no event is lost.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  check(bytes);
  std::string text;
  for (RecordMaker maker{bytes}; !maker.is_done();) text += maker.record();
  check(text);
  return 0;
}
