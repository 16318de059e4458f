// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk/disk_tables.h"

#include "core/disk/diskstats.h"
#include "exporter/system/clock.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxDiskstats = 4 << 20;
constexpr std::chrono::minutes kDisksStay{1};

Result<DiskTables::Rows> read_rows(const std::filesystem::path& file) {
  const auto text = read_small_file(file, kMaxDiskstats);
  if (!text) return text.problem();
  return parse_diskstats(*text);
}

}  // namespace

DiskTables::DiskTables(const std::filesystem::path& procfs,
                       const std::filesystem::path& sysfs,
                       const std::filesystem::path& rootfs,
                       std::chrono::milliseconds span)
    : procfs_{procfs}, devices_{sysfs, rootfs}, span_{span} {}

std::shared_ptr<const Result<DiskTables::Rows>> DiskTables::rows() {
  const std::lock_guard guard{mutex_};
  const auto now = monotonic_now();
  if (!rows_ || now - read_at_ >= span_) {
    rows_ = std::make_shared<const Result<Rows>>(read_rows(file()));
    read_at_ = now;
  }
  return rows_;
}

std::set<std::string> DiskTables::whole_disks(const std::string& device) {
  const std::lock_guard guard{mutex_};
  const auto now = monotonic_now();
  const auto known = disks_.find(device);
  if (known != disks_.end() && span_.count() > 0 &&
      now - known->second.read_at < kDisksStay)
    return known->second.whole;
  auto whole = devices_.whole_disks(device);
  disks_[device] = {whole, now};
  return whole;
}

}  // namespace openclaw_lock
