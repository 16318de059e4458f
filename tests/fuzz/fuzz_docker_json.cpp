// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/logs/docker_json.h"

using namespace openclaw_lock;

/// Every line of a hostile file costs bounded memory.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  DockerJsonDecoder decoder;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = decoder.decode(text.substr(0, end));
    if (line && *line && (*line)->text.size() > LineJoiner::kMaxBytes)
      std::abort();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return 0;
}
