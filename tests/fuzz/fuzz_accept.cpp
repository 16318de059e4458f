// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "exporter/http/pages/content_negotiation.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

char swap_case(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string header{reinterpret_cast<const char*>(data), size};
  const auto format = openclaw_lock::choose_format(header);
  const bool packed = openclaw_lock::accepts_gzip(header);

  std::string swapped = header;
  std::transform(swapped.begin(), swapped.end(), swapped.begin(), swap_case);
  require(openclaw_lock::choose_format(swapped) == format);
  require(openclaw_lock::accepts_gzip(swapped) == packed);

  std::string lower = header;
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = swap_case(c);
  if (format == openclaw_lock::ExpositionFormat::openmetrics_1_0_0)
    require(lower.find("application/openmetrics-text") != std::string::npos);
  if (packed) require(lower.find_first_of("g*") != std::string::npos);
  return 0;
}
