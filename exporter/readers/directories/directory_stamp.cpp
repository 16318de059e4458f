// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/directories/directory_stamp.h"

#include <chrono>

#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::chrono::seconds kLongest{60};
constexpr std::chrono::seconds kCoarsest{2};

bool is_settled(const struct stat& found, WallTime now) {
  const WallTime changed_before{std::chrono::seconds{found.st_ctim.tv_sec + 1}};
  return now - modified_at(found) >= kCoarsest &&
         now - changed_before >= kCoarsest;
}

}  // namespace

DirectoryStamp::DirectoryStamp(const struct stat& found, WallTime now)
    : device_{found.st_dev},
      inode_{found.st_ino},
      mtime_ns_{mtime_in_ns(found)},
      ctime_ns_{ctime_in_ns(found)},
      read_at_{now},
      settled_{is_settled(found, now)} {}

bool DirectoryStamp::holds(const struct stat& found, WallTime now) const {
  return settled_ && device_ == found.st_dev && inode_ == found.st_ino &&
         mtime_ns_ == mtime_in_ns(found) && ctime_ns_ == ctime_in_ns(found) &&
         now >= read_at_ &&
         now - read_at_ < kLongest;
}

}  // namespace openclaw_lock
