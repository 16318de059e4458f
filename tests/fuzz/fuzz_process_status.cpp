// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/procfs/process_status.h"

/// One to 33 pids, none negative; a user with one group at least.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto credentials = openclaw_lock::parse_file_credentials(text);
  if (credentials && credentials->groups.empty()) std::abort();
  const auto pids = openclaw_lock::parse_ns_pids(text);
  if (!pids) return 0;
  if (pids->empty() || pids->size() > 33) std::abort();
  for (const int pid : *pids)
    if (pid < 0) std::abort();
  return 0;
}
