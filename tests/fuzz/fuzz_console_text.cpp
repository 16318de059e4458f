// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/logs/console_text.h"
#include "core/logs/incident_twins.h"
#include "core/logs/log_event.h"

using namespace openclaw_lock;

/// Behind a first record on stdout, with all lines arriving at once, no line
/// is an incident.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  ConsoleTextDecoder merged;
  ConsoleTextDecoder out;
  IncidentTwins twins;
  out.decode({"2026-11-20T23:16:17.939Z reply", ConsoleStream::out, {}});
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string line{text.substr(0, end)};
    text.remove_prefix(std::min(end + 1, text.size()));
    if (const auto record = merged.decode({line, {}, {}})) {
      if (record->message.size() > line.size()) std::abort();
      twins.is_credible(*record);
      classify_log_record(*record);
    }
    const auto record = out.decode({line, ConsoleStream::out, {}});
    if (!record) continue;
    const auto event = classify_log_record(*record);
    if (event && event->incident && record->stream == ConsoleStream::out)
      std::abort();
  }
  return 0;
}
