// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/disk/mountstats.h"

using namespace openclaw_lock;

/// The first line is the mount point, the rest the text; no time is negative.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto mount_point = text.substr(0, text.find('\n'));
  const auto work = find_nfs_work(text.substr(mount_point.size()), mount_point);
  if (!work) return 0;
  for (const auto& operations : {work->read, work->write, work->flush})
    if (operations && operations->wait.count() < 0) std::abort();
  return 0;
}
