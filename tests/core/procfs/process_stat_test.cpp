// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/process_stat.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

/// A stat line with these texts for pid, command, field 3 and field 22.
std::string line(const std::string& pid, const std::string& comm,
                 const std::string& state = "S",
                 const std::string& start = "118885") {
  return pid + " (" + comm + ") " + state +
         " 25423 25423 25423 0 -1 4194560 219750 143 32 0 2335 1931 0 0 20 0 "
         "11 0 " +
         start + " 10710093824 114656 18446744073709551615\n";
}

ProcessStat read(const std::string& text) {
  CAPTURE(text);
  const auto stat = parse_process_stat(text);
  REQUIRE(stat);
  return *stat;
}

void check_malformed(const std::string& text) {
  CAPTURE(text);
  const auto stat = parse_process_stat(text);
  REQUIRE_FALSE(stat);
  CHECK(stat.problem().fault == Fault::malformed);
}

}  // namespace

TEST_CASE("parse_process_stat: a gateway of 2026.4.24") {
  const auto stat = read(
      "25434 (openclaw-gatewa) R 25423 25423 25423 0 -1 4194560 219750 143 32 "
      "0 2335 1931 0 0 20 0 11 0 118885 10710093824 114656 "
      "18446744073709551615 7544832 50333345 140727023405504 0 0 0 0 4096 "
      "1937829431 0 0 0 17 1 0 0 0 0 0 109491696 109680576 165937152 "
      "140727023410627 140727023410798 140727023410798 140727023411134 0\n");
  CHECK(stat.pid == 25434);
  CHECK(stat.comm == "openclaw-gatewa");
  CHECK(stat.state == 'R');
  CHECK(stat.parent == 25423);
  CHECK(stat.flags == 4194560);
  CHECK(stat.threads == 11);
  CHECK(stat.start_ticks == 118885);
}

TEST_CASE("parse_process_stat: kthreadd is a kernel thread") {
  const auto stat = read(
      "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 2 0 0 20 0 1 0 0 0 0 "
      "18446744073709551615 0 0 0\n");
  CHECK((stat.flags & kKernelThreadFlag) != 0);
  CHECK(stat.start_ticks == 0);
}

TEST_CASE("parse_process_stat: a command may hold anything") {
  for (const std::string comm :
       {"", " ", ")", "(", "a b", "a) R 1 (b", ") ) )", "\n", "((sd-pam)", "a)",
        "\xff\xfe", "kworker/0:1-events)", ") S 1 1 1"}) {
    CAPTURE(comm);
    const auto stat = read(line("7", comm));
    CHECK(stat.comm == comm);
    CHECK(stat.pid == 7);
    CHECK(stat.start_ticks == 118885);
  }
}

TEST_CASE("parse_process_stat: the end of the line may be missing") {
  auto text = line("7", "x");
  text.pop_back();
  CHECK(read(text).start_ticks == 118885);
}

TEST_CASE("parse_process_stat: exactly 22 fields are enough, 21 are not") {
  const auto text = line("7", "x");
  const auto end = text.find(" 10710093824");
  CHECK(read(text.substr(0, end)).start_ticks == 118885);
  check_malformed(text.substr(0, text.find(" 118885")));
}

TEST_CASE("parse_process_stat: the extremes of numbers") {
  CHECK(read(line("2147483647", "x")).pid == 2147483647);
  CHECK(read(line("1", "x", "S", "18446744073709551615")).start_ticks ==
        UINT64_MAX);
}

TEST_CASE("parse_process_stat: anything unexpected is malformed") {
  for (const std::string pid :
       {"0", "-1", "2147483648", "", "7x", "0x7", " 7"}) {
    CAPTURE(pid);
    check_malformed(line(pid, "x"));
  }
  for (const std::string start :
       {"-1", "18446744073709551616", "x", "1.5", "+1"}) {
    CAPTURE(start);
    check_malformed(line("7", "x", "S", start));
  }
  check_malformed(line("7", "x", "SS"));
}

TEST_CASE("parse_process_stat: half a line is malformed") {
  const auto whole = line("7", "a b");
  const auto enough = whole.find("118885");
  for (std::size_t size = 0; size < enough; ++size)
    check_malformed(whole.substr(0, size));
}

TEST_CASE("parse_process_stat: text without a command is malformed") {
  for (const std::string text : {"", "\n", "7", "7 x S 1 1 1", "7 (x",
                                 "7 x) S 1", ") (", "7 ()", "7) (x) S"})
    check_malformed(text);
}
