// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "exporter/http/access/web_config.h"

/// Any text ends in a configuration that can be served, or in a problem of one
/// line that names the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace openclaw_lock;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto config = parse_web_config(text, "web.yml");
  if (!config) {
    const auto& problem = config.problem();
    if (!problem.where.starts_with("web.yml") || problem.detail.empty() ||
        problem.detail.find('\n') != std::string::npos)
      std::abort();
    return 0;
  }
  if (config->tls &&
      (!config->tls->certificate.given() || !config->tls->key.given()))
    std::abort();
  for (const auto& [user, hash] : config->users)
    if (!parse_bcrypt_cost(hash)) std::abort();
  for (const auto& [name, value] : config->headers)
    if (value.find_first_of("\r\n") != std::string::npos) std::abort();
  if (config->rate_limit && config->rate_limit->burst == 0) std::abort();
  return 0;
}
