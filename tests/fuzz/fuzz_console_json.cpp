// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/logs/console_json.h"
#include "core/logs/log_event.h"

using namespace openclaw_lock;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view line{reinterpret_cast<const char*>(data), size};
  const auto record = parse_console_json(line);
  if (!record) return 0;
  if (record->source != LogSource::console_json) std::abort();
  if (record->message.size() > line.size()) std::abort();
  classify_log_record(*record);
  return 0;
}
