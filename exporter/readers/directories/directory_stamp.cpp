// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/directories/directory_stamp.h"

#include <chrono>

#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::chrono::seconds kLongest{60};
constexpr std::chrono::seconds kCoarsest{2};

}  // namespace

DirectoryStamp::DirectoryStamp(const struct stat& found, WallTime now)
    : device_{found.st_dev},
      inode_{found.st_ino},
      mtime_ns_{mtime_in_ns(found)},
      read_at_{now},
      settled_{now - modified_at(found) >= kCoarsest} {}

bool DirectoryStamp::holds(const struct stat& found, WallTime now) const {
  return settled_ && device_ == found.st_dev && inode_ == found.st_ino &&
         mtime_ns_ == mtime_in_ns(found) && now >= read_at_ &&
         now - read_at_ < kLongest;
}

}  // namespace openclaw_lock
