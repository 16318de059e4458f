// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk/disk_reader.h"

#include <sys/statvfs.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "core/disk/mountstats.h"
#include "core/procfs/filesystem_type.h"
#include "exporter/readers/directories/directory_facts.h"
#include "exporter/system/file.h"
#include "exporter/system/mount_view.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxMounts = 4 << 20;  // mountinfo, mountstats
constexpr int kMaxOverlays = 4;              // overlays on overlays

bool is_nfs(const Mount& mount) {
  return mount.filesystem == "nfs" || mount.filesystem == "nfs4";
}

/// Of the file system itself: we may see it by a mount that is read-only though
/// the gateway's is not.
bool is_read_only(const Mount& mount) {
  const std::string_view options = mount.super_options;
  return options == "ro" || options.starts_with("ro,");
}

std::optional<std::uint64_t> available_bytes(const std::string& path) {
  struct statvfs found {};
  if (::statvfs(path.c_str(), &found) != 0) return {};
  return std::uint64_t{found.f_bavail} * found.f_frsize;
}

}  // namespace

DiskReader::DiskReader(DiskReaderSettings settings)
    : settings_{std::move(settings)} {
  if (!settings_.mounts) settings_.mounts = mount_views_of(settings_.procfs);
  if (!settings_.disks)
    settings_.disks = std::make_shared<DiskTables>(
        settings_.procfs, settings_.sysfs, settings_.rootfs);
}

std::optional<DiskReader::Place> DiskReader::state_dir_place(
    std::vector<Problem>& problems) const {
  const auto directory = directory_facts(settings_.state_dir);
  if (!directory) {
    if (settings_.tells_missing)
      problems.push_back({Fault::missing, settings_.state_dir,
                          "it is not there or cannot be reached"});
    return {};
  }
  const auto view = settings_.mounts(settings_.state_dir);
  const auto path =
      view.inner(directory->real_path.empty() ? settings_.state_dir
                                              : directory->real_path);
  const Mount* mount = find_mount(*view.mounts, path);
  if (!mount) {
    problems.push_back({Fault::missing, "mountinfo",
                        "no mount is known to hold the state directory"});
    return {};
  }
  const std::filesystem::path root{view.prefix};
  return Place{*mount,
               root.empty() ? settings_.procfs / "self" : root.parent_path()};
}

std::optional<DiskReader::Place> DiskReader::written_place(Place place) const {
  for (int i = 0; place.mount.filesystem == "overlay"; ++i) {
    // Who mounted it is not told; most often it was a process of the host.
    const auto host = settings_.procfs / "1";
    const auto upper = upper_directory(place.mount);
    const auto text = read_small_file(host / "mountinfo", kMaxMounts);
    const auto mounts = text ? parse_mountinfo(*text) : std::vector<Mount>{};
    const Mount* mount = find_mount(mounts, upper);
    if (i == kMaxOverlays || upper.empty() || !mount ||
        mount->device == place.mount.device)
      return {};
    place = {*mount, host};
  }
  return place;
}

void DiskReader::read_nfs(const Place& place, std::vector<Problem>& problems) {
  const auto text = read_small_file(place.process / "mountstats", kMaxMounts);
  if (!text) {
    problems.push_back(text.problem());
    return;
  }
  if (const auto work = find_nfs_work(*text, place.mount.mount_point))
    report_.work = *work;
  else
    problems.push_back({Fault::missing, (place.process / "mountstats").string(),
                        "no statistics of the NFS mount"});
}

void DiskReader::read_device(const std::string& device,
                             std::vector<Problem>& problems) {
  auto& disks = *settings_.disks;
  const auto table = disks.rows();
  if (!*table) {
    problems.push_back(table->problem());
    return;
  }
  const auto& rows = **table;
  const auto row = rows.find(device);
  if (row == rows.end()) {
    problems.push_back({Fault::missing, disks.file().string(),
                        "no row of the state directory's device"});
    return;
  }
  report_.work = {row->second.read, row->second.write, {}};
  const auto whole_disks = disks.whole_disks(device);
  if (whole_disks.empty())
    problems.push_back({Fault::missing, settings_.sysfs.string(),
                        "it does not know the state directory's device"});
  for (const auto& disk : whole_disks) {
    const auto whole = rows.find(disk);
    if (whole == rows.end() || !whole->second.flush) continue;
    auto& flush = report_.work.flush;
    if (!flush) flush.emplace();
    flush->count += whole->second.flush->count;
    flush->wait += whole->second.flush->wait;
  }
}

void DiskReader::read_work(const Place& place, std::vector<Problem>& problems) {
  const auto& mount = place.mount;
  if (is_nfs(mount)) return read_nfs(place, problems);
  if (!mount.device.starts_with("0:"))
    return read_device(mount.device, problems);
  if (mount.filesystem != "btrfs") return;
  if (const auto device = settings_.disks->find(mount.source))
    return read_device(*device, problems);
  problems.push_back({Fault::missing, "btrfs",
                      "the device that it names as its source is not known"});
}

RoundResult DiskReader::round() {
  report_ = {};
  RoundResult result;
  auto place = state_dir_place(result.problems);
  const bool found = place.has_value();
  if (place) {
    report_.filesystem = {
        place->mount.filesystem, is_network_filesystem(place->mount.filesystem),
        is_read_only(place->mount), available_bytes(settings_.state_dir)};
    if (const auto written = written_place(*std::move(place))) {
      report_.filesystem->network =
          is_network_filesystem(written->mount.filesystem);
      read_work(*written, result.problems);
    } else {
      result.problems.push_back(
          {Fault::missing, "overlay",
           "what it writes to lies on no mount of the first process"});
    }
  }
  result.success = found && result.problems.empty();
  return result;
}

}  // namespace openclaw_lock
