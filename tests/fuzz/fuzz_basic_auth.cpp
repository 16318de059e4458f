// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "exporter/http/access/basic_auth.h"

/// Credentials are never longer than the header, and hold no NUL.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view header{reinterpret_cast<const char*>(data), size};
  const auto credentials = openclaw_lock::parse_basic_auth(header);
  if (!credentials) return 0;
  const auto& [user, password] = *credentials;
  if (user.size() + password.size() >= size ||
      user.find('\0') != std::string::npos ||
      password.find('\0') != std::string::npos ||
      user.find(':') != std::string::npos)
    std::abort();
  return 0;
}
