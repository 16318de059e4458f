// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/process_status.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

using Pids = std::vector<int>;

Pids read(const std::string& status) {
  CAPTURE(status);
  const auto pids = parse_ns_pids(status);
  REQUIRE(pids);
  return *pids;
}

void check_malformed(const std::string& status) {
  CAPTURE(status);
  const auto pids = parse_ns_pids(status);
  REQUIRE_FALSE(pids);
  CHECK(pids.problem().fault == Fault::malformed);
}

}  // namespace

TEST_CASE("parse_ns_pids: a process of the host has one pid") {
  CHECK(read("Name:\topenclaw\nPid:\t13673\nNStgid:\t13673\nNSpid:\t13673\n"
             "NSpgid:\t13673\n") == Pids{13673});
}

TEST_CASE("parse_ns_pids: a container's process has one for each level") {
  CHECK(read("Pid:\t25180\nNSpid:\t25180\t5\n") == Pids{25180, 5});
  CHECK(read("NSpid:\t14865 4 1\n") == Pids{14865, 4, 1});
}

TEST_CASE("parse_ns_pids: one outside of the mount's namespace shows as 0") {
  CHECK(read("NSpid:\t0\n") == Pids{0});
  CHECK(read("NSpid:\t0\t7\n") == Pids{0, 7});
}

TEST_CASE("parse_ns_pids: without NSpid it is the Pid") {
  CHECK(read("Name:\tx\nPid:\t7\nPPid:\t1\n") == Pids{7});
}

TEST_CASE("parse_ns_pids: a name cannot pass for another line") {
  // The kernel escapes newlines in names; only the start of a line counts.
  CHECK(read("Name:\tNSpid:\t1\nPid:\t7\nNSpid:\t7\n") == Pids{7});
  CHECK(read("Name:\t\\nNSpid:\t1\nTgid:\t7\nNSpid:\t7\t2\n") == Pids{7, 2});
  CHECK(read("NSpids:\t1\nNSpid:\t7\n") == Pids{7});
}

TEST_CASE("parse_ns_pids: 33 levels are the most a kernel has") {
  std::string levels = "NSpid:";
  for (int i = 1; i <= 33; ++i) levels += "\t" + std::to_string(i);
  CHECK(read(levels + "\n").size() == 33);
  check_malformed(levels + "\t34\n");
}

TEST_CASE("parse_ns_pids: anything unexpected is malformed") {
  for (const std::string status :
       {"", "\n", "Name:\tx\n", "NSpid\t7\n", "NSpid:\n", "NSpid:\t\n",
        "NSpid:\t-1\n", "NSpid:\t7x\n", "NSpid:\t7\t2147483648\n",
        "NSpid:\tseven\n", "Pid:\t\n", "NSpid:\nPid:\t7\n", "nspid:\t7\n"})
    check_malformed(status);
}

TEST_CASE("parse_ns_pids: the last line may have no end") {
  CHECK(read("NSpid:\t7\t1") == Pids{7, 1});
}

TEST_CASE("parse_file_credentials: what counts for files is the last of four") {
  const auto found = parse_file_credentials(
      "Name:\tnode\nUid:\t1000\t1001\t1002\t1003\n"
      "Gid:\t2000\t2001\t2002\t2003\nFDSize:\t64\nGroups:\t4 24 27 \n");
  REQUIRE(found);
  CHECK(*found == FileCredentials{1003, {2003, 4, 24, 27}});
  const auto alone = parse_file_credentials(
      "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t4294967294\nGroups:\t \n");
  REQUIRE(alone);
  CHECK(*alone == FileCredentials{0, {4294967294}});
}

TEST_CASE("parse_file_credentials: a line that is none") {
  for (const char* status :
       {"", "Uid:\t1\t1\t1\t1\nGid:\t1\t1\t1\t1\n",
        "Uid:\t1\t1\t1\nGid:\t1\t1\t1\t1\nGroups:\t\n",
        "Uid:\t1\t1\t1\t1\nGid:\t1\t1\t1\t-1\nGroups:\t\n",
        "Uid:\t1\t1\t1\t1\nGid:\t1\t1\t1\t1\nGroups:\tx\n"}) {
    CAPTURE(status);
    CHECK_FALSE(parse_file_credentials(status));
  }
}

TEST_CASE("may_access: the class that a process is of decides alone") {
  const FileCredentials process{1000, {1000, 50}};
  const auto may_write = [&](const FilePermissions& file) {
    return may_access(process, file, FileAccess::write);
  };
  CHECK(may_write({1000, 0, 0500}));
  CHECK(may_write({0, 50, 0020}));
  CHECK_FALSE(may_write({0, 50, 0757}));
  CHECK_FALSE(may_write({0, 51, 0775}));
  CHECK(may_write({0, 51, 0002}));
  CHECK(may_write({0, 51, 0770, true}));
  CHECK_FALSE(may_write({0, 51, 0750, true}));
  CHECK(may_access({0, {0}}, {5, 5, 0}, FileAccess::write));
  CHECK(may_access(process, {0, 0, 0711}, FileAccess::search));
  CHECK_FALSE(may_access(process, {0, 0, 0711}, FileAccess::read));
}
