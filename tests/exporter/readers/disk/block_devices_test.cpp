// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk/block_devices.h"

#include <doctest/doctest.h>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

using Disks = std::set<std::string>;

TEST_CASE("BlockDevices: a node by its kernel name") {
  const TempTree sysfs{{"class/block/sda1/dev", "8:1\n"},
                       {"class/block/cciss!c0d0/dev", "104:0\n"}};
  const BlockDevices devices{sysfs.root(), "/nowhere"};
  CHECK(devices.find("/dev/sda1") == "8:1");
  CHECK(devices.find("/dev/cciss/c0d0") == "104:0");
  for (const std::string node : {"/dev/sda2", "/dev/", "sda1", "tank/oc", ""}) {
    CAPTURE(node);
    CHECK_FALSE(devices.find(node));
  }
}

TEST_CASE("BlockDevices: a volume by the name that device-mapper gave it") {
  const TempTree sysfs{{"class/block/dm-0/dev", "252:0\n"},
                       {"class/block/dm-0/dm/name", "vg-root\n"},
                       {"class/block/dm-1/dev", "252:1\n"},
                       {"class/block/dm-1/dm/name", "vg-data\n"}};
  const BlockDevices devices{sysfs.root(), "/nowhere"};
  CHECK(devices.find("/dev/mapper/vg-data") == "252:1");
  CHECK_FALSE(devices.find("/dev/mapper/vg-none"));
}

TEST_CASE("BlockDevices: a node that is no block device is none") {
  const TempTree sysfs;
  const TempTree rootfs{{"dev/sda", "a file"}};
  const BlockDevices devices{sysfs.root(), rootfs.root()};
  CHECK_FALSE(devices.find("/dev/sda"));
}

TEST_CASE("BlockDevices: the whole disks below a device") {
  TempTree sysfs{{"devices/sda/dev", "8:0\n"},
                 {"devices/sda/sda1/dev", "8:1\n"},
                 {"devices/sda/sda1/partition", "1\n"},
                 {"devices/md0/dev", "9:0\n"}};
  for (const auto& [link, target] :
       {std::pair{"dev/block/8:0", "devices/sda"},
        std::pair{"dev/block/8:1", "devices/sda/sda1"},
        std::pair{"dev/block/9:0", "devices/md0"},
        std::pair{"devices/md0/slaves/sda1", "devices/sda/sda1"}})
    sysfs.add(TreeEntry::symlink(link, sysfs.path(target)));
  const BlockDevices devices{sysfs.root(), "/nowhere"};
  CHECK(devices.whole_disks("8:0") == Disks{"8:0"});
  CHECK(devices.whole_disks("8:1") == Disks{"8:0"});
  CHECK(devices.whole_disks("9:0") == Disks{"8:0"});
  CHECK(devices.whole_disks("8:2").empty());
}

TEST_CASE("BlockDevices: devices that stand on each other come to an end") {
  TempTree sysfs{{"devices/md0/dev", "9:0\n"}};
  for (const auto* link : {"dev/block/9:0", "devices/md0/slaves/md0"})
    sysfs.add(TreeEntry::symlink(link, sysfs.path("devices/md0")));
  CHECK(BlockDevices{sysfs.root(), "/nowhere"}.whole_disks("9:0").empty());
}
