// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/logs/log_event.h"
#include "core/logs/openclaw_json.h"
#include "core/logs/turn_line.h"

using namespace openclaw_lock;

/// A record is never longer than its line, an incident names its lane, and a
/// turn that is read without decoding is the one that decoding finds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view line{reinterpret_cast<const char*>(data), size};
  const auto record = parse_openclaw_json(line);
  if (!record) return 0;
  if (record->message.size() + record->subsystem.size() > size) std::abort();
  const auto event = classify_log_record(*record);
  if (const auto turn = read_accepted_turn(line);
      turn && (!event || event->turn != TurnOutcome::ok || event->time != turn))
    std::abort();
  if (event && event->kind == LogEventKind::lock_timeout && event->incident &&
      (!event->incident->lane.starts_with("session:") ||
       record->subsystem != "diagnostic"))
    std::abort();
  return 0;
}
