// SPDX-License-Identifier: Apache-2.0
#include "core/disk/diskstats.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::chrono_literals;

TEST_CASE("parse_diskstats: reads, writes and flushes of each device") {
  const auto devices = parse_diskstats(
      "   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
      " 254       0 vda 466992 46914 10580122 362338 869666 533829 122009496 "
      "632588 1 125928 1101961 1077465 28 105694528 105972 48893 1062\n");
  REQUIRE(devices.size() == 2);
  CHECK(devices.at("254:0") == DiskWork{DiskOperations{466992, 362338ms},
                                        DiskOperations{869666, 632588ms},
                                        DiskOperations{48893, 1062ms}});
  CHECK(devices.at("7:0").flush == DiskOperations{});
}

TEST_CASE("parse_diskstats: older kernels count no flushes") {
  const auto devices = parse_diskstats(
      "8 1 sda1 10 2 30 40 50 6 70 80 0 90 120\n"
      "8 2 sda2 10 2 30 41 50 6 70 81 0 90 120 1 2 3 4\n");
  REQUIRE(devices.size() == 2);
  CHECK(devices.at("8:1") ==
        DiskWork{DiskOperations{10, 40ms}, DiskOperations{50, 80ms}, {}});
  CHECK(devices.at("8:2") ==
        DiskWork{DiskOperations{10, 41ms}, DiskOperations{50, 81ms}, {}});
}

TEST_CASE("parse_diskstats: lines of another form are left out") {
  const auto devices = parse_diskstats(
      "\n8\n8 1 sda1\n8 1 sda1 1 2 3\n8 1 sda1 x 2 30 40 50 6 70 80 0 90 120\n"
      "-8 1 sda1 10 2 30 40 50 6 70 80 0 90 120\n"
      "8 1 sda1 10 2 30 -40 50 6 70 80 0 90 120\n"
      "8 1 sda1 10 2 30 18446744073709551615 50 6 70 80 0 90 120\n"
      "8 2 sda2 10 2 30 40 50 6 70 80 0 90 120");
  REQUIRE(devices.size() == 1);
  CHECK(devices.contains("8:2"));
}
