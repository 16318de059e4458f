// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk/block_devices.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxAttribute = 4096;
constexpr int kMaxDepth = 8;  // of devices on devices

/// A file of one line, without its end; empty where there is none.
std::string attribute(const fs::path& file) {
  const auto text = read_small_file(file, kMaxAttribute);
  return text ? text->substr(0, text->find('\n')) : std::string{};
}

std::vector<fs::path> entries(const fs::path& directory) {
  std::vector<fs::path> entries;
  const auto opened = open_directory(directory);
  if (!opened) return entries;
  const auto listed =
      list_directory(*opened, [&](std::string_view name, unsigned char) {
        entries.push_back(directory / name);
        return true;
      });
  if (!listed) entries.clear();
  return entries;
}

}  // namespace

std::optional<std::string> BlockDevices::find(const std::string& node) const {
  constexpr std::string_view kDev = "/dev/";
  constexpr std::string_view kMapper = "/dev/mapper/";
  if (!node.starts_with(kDev)) return {};
  auto name = node.substr(kDev.size());
  std::ranges::replace(name, '/', '!');  // as sysfs spells cciss/c0d0
  const auto block = sysfs_ / "class/block";
  if (auto device = attribute(block / name / "dev"); !device.empty())
    return device;
  if (node.starts_with(kMapper))
    for (const auto& entry : entries(block))
      if (attribute(entry / "dm/name") == node.substr(kMapper.size()))
        if (auto device = attribute(entry / "dev"); !device.empty())
          return device;
  struct stat found {};
  const auto path = (rootfs_ / node.substr(1)).native();
  if (::stat(path.c_str(), &found) != 0 || !S_ISBLK(found.st_mode)) return {};
  return std::to_string(major(found.st_rdev)) + ':' +
         std::to_string(minor(found.st_rdev));
}

void BlockDevices::add_whole_disks(const fs::path& directory, int depth,
                                   std::set<std::string>& disks) const {
  const auto below = entries(directory / "slaves");
  if (depth > 0)
    for (const auto& device : below) add_whole_disks(device, depth - 1, disks);
  if (!below.empty()) return;
  const bool partition = !attribute(directory / "partition").empty();
  const auto device = attribute(directory / (partition ? "../dev" : "dev"));
  if (!device.empty()) disks.insert(device);
}

std::set<std::string> BlockDevices::whole_disks(
    const std::string& device) const {
  std::set<std::string> disks;
  add_whole_disks(sysfs_ / "dev/block" / device, kMaxDepth, disks);
  return disks;
}

}  // namespace openclaw_lock
