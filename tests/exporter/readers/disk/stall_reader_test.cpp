// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk/stall_reader.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/support/fake_procfs.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

constexpr MonotonicTime kStart{100s};

/// A host with version 2 of control groups, and processes with threads.
struct Host : FakeProcfs {
  Host() {
    write("self/mountinfo", root_mount() + "41 25 0:38 / " +
                                cgroups.path("unified") +
                                " rw - cgroup2 cgroup2 rw\n");
  }

  void add_threads(int pid, const std::string& states,
                   std::uint64_t start_ticks = 5000) {
    write(std::to_string(pid) + "/stat",
          stat_text(FakeProcess{pid, start_ticks}));
    int thread_id = pid;
    for (const char state : states) {
      FakeProcess thread{thread_id, start_ticks + 7};
      thread.state = state;
      write(std::to_string(pid) + "/task/" + std::to_string(thread_id++) +
                "/stat",
            stat_text(thread));
    }
  }
  /// Its only thread has waited so long.
  void set_delay(int pid, unsigned ticks) {
    write(std::to_string(pid) + "/task/" + std::to_string(pid) + "/stat",
          "7 (a) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 "
          "26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 " +
              std::to_string(ticks) + " 43\n");
  }
  void put_into_group(int pid, const std::string& group, unsigned some,
                      unsigned full) {
    write(std::to_string(pid) + "/cgroup", "4:memory:/x\n0::" + group + "\n");
    cgroups.add({"unified" + group + "/io.pressure",
                 "some total=" + std::to_string(some) +
                     "\nfull total=" + std::to_string(full) + "\n"});
  }

  TempTree cgroups;
};

}  // namespace

TEST_CASE("StallReader: time with a thread in uninterruptible sleep") {
  Host host;
  host.add_threads(7, "SSD");
  host.add_threads(8, "SS");
  StallReader reader{host.path()};
  reader.watch({{"a", {{7, 5000}}}, {"b", {{8, 5000}}}, {"c", {}}});
  reader.look(kStart);
  reader.look(kStart + 100ms);
  auto report = reader.report();
  CHECK(report.at("a") == GatewayStalls{100ms, {}});
  CHECK(report.at("b") == GatewayStalls{0ms, {}});
  CHECK(report.at("c") == GatewayStalls{});
  host.add_threads(7, "SRS");
  host.add_threads(8, "DS");
  reader.look(kStart + 300ms);
  CHECK(reader.report().at("a").blocked == 100ms);
  CHECK(reader.report().at("b").blocked == 200ms);
}

TEST_CASE("StallReader: any of a gateway's processes") {
  Host host;
  host.add_threads(7, "S");
  host.add_threads(8, "D");
  host.add_threads(9, "S");
  StallReader reader{host.path()};
  reader.watch({{"a", {{7, 5000}, {8, 5000}, {9, 5000}}}});
  reader.look(kStart);
  reader.look(kStart + 100ms);
  CHECK(reader.report().at("a").blocked == 100ms);
}

TEST_CASE("StallReader: another process of that pid is not looked at") {
  Host host;
  host.add_threads(7, "D", 6000);
  StallReader reader{host.path()};
  reader.watch({{"a", {{7, 5000}, {99, 1}}}});
  reader.look(kStart);
  CHECK_FALSE(reader.report().at("a").blocked);
}

TEST_CASE("StallReader: the pressure of the processes' control groups") {
  Host host;
  host.add_threads(7, "S");
  host.add_threads(8, "S");
  host.put_into_group(7, "/system.slice/oc.service", 100, 50);
  host.put_into_group(8, "/system.slice/oc.service", 100, 50);
  StallReader reader{host.path()};
  reader.watch({{"a", {{7, 5000}, {8, 5000}}}});
  reader.read_pressures(MonotonicTime{1s});
  CHECK(reader.report().at("a").pressure == Pressure{0us, 0us});
  host.put_into_group(7, "/system.slice/oc.service", 130, 60);
  reader.read_pressures(MonotonicTime{1s});
  CHECK(reader.report().at("a").pressure == Pressure{30us, 10us});
}

TEST_CASE("StallReader: a process that moves to another control group") {
  Host host;
  host.add_threads(7, "S");
  host.put_into_group(7, "/one", 100, 50);
  StallReader reader{host.path()};
  reader.watch({{"a", {{7, 5000}}}});
  reader.read_pressures(MonotonicTime{1s});
  host.put_into_group(7, "/two", 1000, 500);
  reader.read_pressures(MonotonicTime{61s});
  host.put_into_group(7, "/two", 1030, 510);
  reader.read_pressures(MonotonicTime{66s});
  CHECK(reader.report().at("a").pressure == Pressure{30us, 10us});
}

TEST_CASE("StallReader: a hierarchy that is mounted from further down") {
  Host host;
  host.add_threads(7, "S");
  host.put_into_group(7, "/oc", 100, 50);
  host.write("7/cgroup", "0::/docker/abc/oc\n");
  host.write("self/mountinfo", "41 25 0:38 /docker/abc " +
                                   host.cgroups.path("unified") +
                                   " rw - cgroup2 cgroup2 rw\n");
  StallReader reader{host.path()};
  reader.watch({{"a", {{7, 5000}}}});
  reader.read_pressures(MonotonicTime{1s});
  CHECK(reader.report().at("a").pressure);
}

TEST_CASE("StallReader: a group out of sight has no pressure") {
  Host host;
  host.add_threads(7, "S");
  host.put_into_group(7, "/oc", 100, 50);
  StallReader reader{host.path()};
  reader.watch({{"a", {{7, 5000}}}});
  host.cgroups.add({"oc/io.pressure", "some total=1\n"});
  for (const std::string text :
       {"", "4:memory:/oc\n", "0::/../oc\n", "0::/..\n", "0::/none\n"}) {
    CAPTURE(text);
    host.write("7/cgroup", text);
    reader.read_pressures(MonotonicTime{1s});
    CHECK_FALSE(reader.report().at("a").pressure);
  }
}

TEST_CASE("StallReader: the delays that the kernel accounts") {
  Host host;
  host.add_threads(7, "S", 5000);
  host.add_threads(8, "S", 9000);
  host.set_delay(7, 0);
  host.set_delay(8, 0);
  StallReader reader{host.path()};
  reader.watch({{"old", {{7, 5000}}}, {"new", {{8, 9000}}}});
  const auto delay_of = [&](const char* gateway) {
    return reader.report().at(gateway).delay;
  };
  reader.read_delays(8000);
  CHECK_FALSE(delay_of("new"));  // no such switch
  host.write("sys/kernel/task_delayacct", "0\n");
  reader.read_delays(8000);
  CHECK_FALSE(delay_of("new"));
  host.write("sys/kernel/task_delayacct", "1\n");
  reader.read_delays(8000);
  CHECK_FALSE(delay_of("old"));  // its 0 means nothing
  CHECK(delay_of("new") == 0ms);
  const auto ticks = [](unsigned count) {
    return std::chrono::milliseconds{count * 1000 / ::sysconf(_SC_CLK_TCK)};
  };
  host.set_delay(7, 50);
  host.set_delay(8, 30);
  reader.read_delays(9500);
  CHECK(delay_of("old") == ticks(50));
  CHECK(delay_of("new") == ticks(30));
  host.write("sys/kernel/task_delayacct", "0\n");
  reader.read_delays(9600);
  CHECK_FALSE(delay_of("new"));
}

TEST_CASE("StallReader: a gateway that is not named any more is forgotten") {
  Host host;
  host.add_threads(7, "D");
  StallReader reader{host.path()};
  reader.watch({{"a", {{7, 5000}}}, {"b", {}}});
  reader.look(kStart);
  reader.look(kStart + 100ms);
  reader.watch({{"a", {}}});
  reader.look(kStart + 200ms);
  CHECK(reader.report() == StallFacts{{"a", GatewayStalls{100ms, {}}}});
}
