// SPDX-License-Identifier: Apache-2.0
#include "core/logs/incident_twins.h"

#include <algorithm>
#include <string_view>

namespace openclaw_lock {

bool IncidentTwins::is_credible(const LogRecord& record) {
  constexpr std::string_view kStart = "lane task error: lane=";
  const std::string_view message = record.message;
  if (record.source != LogSource::console_text ||
      record.stream != ConsoleStream::unknown ||
      record.subsystem != "diagnostic" || !message.starts_with(kStart))
    return true;
  const auto behind = message.substr(kStart.size());
  const auto error =
      behind.substr(std::min(behind.find(" error=\""), behind.size()))
          .substr(0, kMaxErrorBytes);
  if (!behind.starts_with("session:")) {
    seen_[next_++ % kRemembered] = {std::string{error}, record.time};
    return true;
  }
  for (auto& twin : seen_) {
    if (twin.error.empty() || twin.error != error) continue;
    const bool close =
        !twin.time || !record.time ||
        (*record.time >= *twin.time && *record.time - *twin.time <= kMaxApart);
    if (!close) continue;
    twin = {};
    return true;
  }
  return false;
}

}  // namespace openclaw_lock
