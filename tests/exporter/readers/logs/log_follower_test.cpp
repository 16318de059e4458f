// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/log_follower.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "exporter/system/clock.h"
#include "exporter/system/file.h"
#include "tests/support/eventually.h"
#include "tests/support/log_trail.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;
using log_records::incident;
using log_records::plain;
namespace fs = std::filesystem;

namespace {

const std::string kLog = "openclaw-2026-11-20.log";
const std::string kNextDay = "openclaw-2026-11-21.log";

/// Plays a story on a new trail twice: to one follower, and to one that is
/// killed before each look.
template <typename Story>
void play(const Story& story) {
  for (const bool restarts : {false, true}) {
    CAPTURE(restarts);
    LogTrail trail;
    trail.restarts = restarts;
    trail.look();
    story(trail);
    CHECK(trail.told() == "");
  }
}

/// Many plain records.
std::string plains(std::uint32_t first, std::uint32_t count) {
  std::string text;
  for (auto n = first; n < first + count; ++n) text += plain(n, 100);
  return text;
}

/// A writer that goes on at its own offset, whatever becomes of the file.
class StubbornWriter {
 public:
  explicit StubbornWriter(const std::string& path)
      : fd_{::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)} {
    REQUIRE(fd_);
  }
  void write(const std::string& text) const {
    REQUIRE(::write(fd_.get(), text.data(), text.size()) ==
            static_cast<ssize_t>(text.size()));
  }
  void skip_to(off_t offset) const { ::lseek(fd_.get(), offset, SEEK_SET); }

 private:
  UniqueFd fd_;
};

}  // namespace

TEST_CASE("LogFollower: the first look begins at the end") {
  LogTrail trail;
  trail.append(kLog, incident(1) + plain(2));
  trail.append("openclaw-2026-11-20.1.log", incident(3));
  trail.look();
  CHECK(trail.lines() == 0);
  CHECK(trail.follower->followed() == 2);
  CHECK(trail.follower->unread_bytes() == 0);
  trail.append(kLog, incident(4));
  trail.look();
  CHECK(trail.incidents() == 1);
  CHECK(trail.lines() == 1);
  CHECK(trail.told() == "");
}

TEST_CASE("LogFollower: a line that is unfinished at the first look counts") {
  const auto line = incident(2);
  for (const bool restarts : {false, true}) {
    LogTrail trail;
    trail.restarts = restarts;
    trail.append(kLog, incident(1) + line.substr(0, 100));
    trail.look();
    CHECK(trail.follower->unread_bytes() == 100);
    trail.append(kLog, line.substr(100) + plain(3));
    trail.look();
    CHECK(trail.incidents() == 1);
    CHECK(trail.lines() == 2);
  }
}

TEST_CASE(
    "LogFollower: a long line that began before the first look does not") {
  const auto line = plain(1, 200'000);
  for (const bool restarts : {false, true}) {
    LogTrail trail;
    trail.restarts = restarts;
    trail.append(kLog, line.substr(0, 150'000));
    trail.look();
    trail.append(kLog, line.substr(150'000, 20'000));
    trail.look();
    trail.append(kLog, line.substr(170'000) + incident(2));
    trail.look();
    CHECK(trail.lines() == 1);
    CHECK(trail.incidents() == 1);
  }
}

TEST_CASE("LogFollower: a log that appears later is read from its start") {
  play([](LogTrail& trail) {
    trail.append(kLog, incident(1) + incident(2));
    trail.settle();
    CHECK(trail.incidents() == 2);
    trail.append(kNextDay, incident(3));
    trail.settle();
    CHECK(trail.incidents() == 3);
    CHECK(trail.rotations() == 0);
  });
}

TEST_CASE("LogFollower: a directory that appears later, too") {
  for (const bool restarts : {false, true}) {
    LogTrail trail{{"later/deep/openclaw-*.log"}};
    trail.restarts = restarts;
    trail.look();
    CHECK(trail.follower->followed() == 0);
    trail.tree.add({"later/deep/" + kLog, incident(1)});
    trail.settle();
    CHECK(trail.incidents() == 1);
    CHECK(trail.told() == "");
  }
}

TEST_CASE("LogFollower: a line in two writes") {
  play([](LogTrail& trail) {
    const auto line = incident(1);
    for (const auto cut : {std::size_t{1}, line.size() / 2, line.size() - 1}) {
      const auto before = trail.incidents();
      trail.append(kLog, line.substr(0, cut));
      trail.settle();
      CHECK(trail.incidents() == before);
      trail.append(kLog, line.substr(cut));
      trail.settle();
      CHECK(trail.incidents() == before + 1);
    }
    CHECK(trail.lines() == 3);
    CHECK(trail.ledger->totals().bytes == 3 * line.size());
  });
}

TEST_CASE("LogFollower: a renamed log is read to its end and not again") {
  for (const std::string piece :
       {"openclaw-2026-11-20.log.1", "openclaw-2026-11-20.1.log",
        "openclaw-2026-11-20.log-20261121"})
    play([&](LogTrail& trail) {
      trail.append(kLog, incident(1));
      trail.look();
      trail.append(kLog, incident(2));
      trail.rename(kLog, piece);
      trail.append(kLog, incident(3));
      trail.settle();
      CHECK(trail.incidents() == 3);
      trail.append(piece, incident(4));
      trail.settle();
      CHECK(trail.incidents() == 4);
      CHECK(trail.lines() == 4);
      CHECK(trail.rotations() == 1);
      CHECK(trail.follower->followed() == 2);
    });
}

TEST_CASE("LogFollower: generations that came and went between two looks") {
  play([](LogTrail& trail) {
    trail.append(kLog, plains(0, 20) + incident(100));
    trail.settle();
    trail.append(kLog, incident(101));
    for (std::uint32_t generation = 0; generation < 3; ++generation) {
      for (int i = 3; i > 0; --i)
        if (fs::exists(trail.path(kLog + '.' + std::to_string(i))))
          trail.rename(kLog + '.' + std::to_string(i),
                       kLog + '.' + std::to_string(i + 1));
      trail.rename(kLog, kLog + ".1");
      trail.append(kLog, plains(1000 * generation + 1000, 20) +
                             incident(200 + generation));
    }
    trail.settle();
    CHECK(trail.incidents() == 5);
    CHECK(trail.lines() == 85);
    CHECK(trail.follower->followed() == 4);
  });
}

TEST_CASE("LogFollower: copied and truncated with something unread") {
  for (const std::string piece :
       {"openclaw-2026-11-20.log.1", "openclaw-2026-11-20.1.log"})
    play([&](LogTrail& trail) {
      trail.append(kLog, plains(0, 20) + incident(100));
      trail.settle();
      trail.append(kLog, incident(101));
      trail.copy(kLog, piece);
      trail.truncate(kLog);
      trail.append(kLog, incident(102));
      trail.settle();
      CHECK(trail.incidents() == 3);
      CHECK(trail.lines() == 23);
      CHECK(trail.rotations() == 1);
    });
}

TEST_CASE(
    "LogFollower: copied and truncated, and the copy shows a look later") {
  play([](LogTrail& trail) {
    trail.append(kLog, plains(0, 20) + incident(100));
    trail.settle();
    trail.append(kLog, incident(101));
    trail.copy(kLog, "not-listed");
    trail.truncate(kLog);
    trail.append(kLog, incident(102));
    trail.look();
    trail.look();
    trail.rename("not-listed", kLog + ".2");
    trail.settle();
    CHECK(trail.incidents() == 3);
    CHECK(trail.lines() == 23);
    CHECK(trail.rotations() == 1);
  });
}

TEST_CASE("LogFollower: a copy that shows late and lacks what was read") {
  play([](LogTrail& trail) {
    trail.append(kLog, plains(0, 20) + incident(100));
    trail.settle();
    trail.copy(kLog, "not-listed");
    trail.append(kLog, incident(101));
    trail.look();
    trail.truncate(kLog);
    trail.append(kLog, incident(102));
    trail.settle();
    trail.rename("not-listed", kLog + ".2");
    trail.settle();
    CHECK(trail.incidents() == 3);
    CHECK(trail.lines() == 23);
  });
}

TEST_CASE("LogFollower: copied, looked at, and then truncated") {
  play([](LogTrail& trail) {
    trail.append(kLog, plains(0, 20) + incident(100));
    trail.settle();
    trail.copy(kLog, kLog + ".1");
    trail.look();
    trail.append(kLog, incident(101));
    trail.look();
    trail.truncate(kLog);
    trail.append(kLog, incident(102));
    trail.settle();
    CHECK(trail.incidents() == 3);
    CHECK(trail.lines() == 23);
  });
}

TEST_CASE("LogFollower: a copy of a log that goes on is not read") {
  play([](LogTrail& trail) {
    trail.append(kLog, plains(0, 20) + incident(100));
    trail.settle();
    trail.copy(kLog, kLog + ".1");
    trail.settle();
    trail.append(kLog, incident(101));
    trail.settle();
    CHECK(trail.incidents() == 2);
    CHECK(trail.lines() == 22);
    CHECK(trail.rotations() == 0);
  });
}

TEST_CASE("LogFollower: copied and removed, and begun anew") {
  play([](LogTrail& trail) {
    trail.append(kLog, plains(0, 20) + incident(100));
    trail.settle();
    trail.append(kLog, incident(101));
    trail.copy(kLog, kLog + ".1");
    fs::remove(trail.path(kLog));
    trail.append(kLog, incident(102));
    trail.settle();
    CHECK(trail.incidents() == 3);
    trail.append(kLog, incident(103));
    trail.settle();
    CHECK(trail.incidents() == 4);
    CHECK(trail.lines() == 24);
  });
}

TEST_CASE("LogFollower: replaced by a copy of itself that goes on") {
  play([](LogTrail& trail) {
    trail.append(kLog, plains(0, 20) + incident(100));
    trail.settle();
    trail.copy(kLog, "new");
    trail.rename("new", kLog);
    trail.look();
    trail.append(kLog, incident(101));
    trail.settle();
    trail.append(kLog, incident(102));
    trail.settle();
    CHECK(trail.incidents() == 3);
    CHECK(trail.lines() == 23);
  });
}

TEST_CASE("LogFollower: rotated and compressed while it looks on") {
  play([](LogTrail& trail) {
    for (std::uint32_t day = 0; day < 4; ++day) {
      trail.append(kLog, plains(1000 * day, 20) + incident(1000 * day + 500));
      trail.look();
      trail.append(kLog, incident(1000 * day + 501));
      trail.rename(kLog, kLog + ".1");
      trail.settle();
      fs::remove(trail.path(kLog + ".1"));
      trail.append(kLog + '.' + std::to_string(day + 2) + ".gz", "\x1f\x8b");
    }
    trail.settle();
    CHECK(trail.incidents() == 8);
    CHECK(trail.lines() == 88);
  });
}

TEST_CASE("LogFollower: truncated and at once longer than before") {
  play([](LogTrail& trail) {
    trail.append(kLog, plains(0, 20) + incident(100));
    trail.settle();
    trail.truncate(kLog);
    trail.append(kLog, plains(1000, 40) + incident(101));
    trail.settle();
    CHECK(trail.incidents() == 2);
    CHECK(trail.lines() == 62);
    CHECK(trail.rotations() == 1);
  });
}

TEST_CASE("LogFollower: truncated and at once as long as before") {
  play([](LogTrail& trail) {
    trail.append(kLog, incident(100));
    trail.settle();
    const auto size = fs::file_size(trail.path(kLog));
    trail.truncate(kLog);
    trail.append(kLog, incident(101));
    REQUIRE(fs::file_size(trail.path(kLog)) == size);
    fs::last_write_time(trail.path(kLog),
                        fs::file_time_type::clock::now() + 1s);
    trail.settle();
    CHECK(trail.incidents() == 2);
    CHECK(trail.rotations() == 1);
  });
}

TEST_CASE("LogFollower: a short log that was truncated and grew a little") {
  play([](LogTrail& trail) {
    trail.append(kLog, incident(1));
    trail.settle();
    trail.truncate(kLog);
    trail.settle();
    trail.append(kLog, incident(2) + incident(3));
    trail.settle();
    CHECK(trail.incidents() == 3);
  });
}

TEST_CASE("LogFollower: what was lost with a truncation is told once") {
  LogTrail trail;
  trail.look();
  const auto line = incident(1);
  trail.append(kLog, plains(0, 20) + line.substr(0, 50));
  trail.settle();
  CHECK(trail.follower->unread_bytes() == 50);
  trail.truncate(kLog);
  trail.append(kLog, incident(2));
  trail.settle();
  CHECK(trail.told() ==
        "missing /logs/" + kLog + ": truncated before all of it was read\n");
  CHECK(trail.incidents() == 1);
}

TEST_CASE("LogFollower: a deleted log is read to its end") {
  LogTrail trail;
  trail.look();
  trail.append(kLog, incident(1));
  trail.settle();
  trail.append(kLog, incident(2));
  fs::remove(trail.path(kLog));
  trail.settle();
  CHECK(trail.incidents() == 2);
  CHECK(trail.follower->followed() == 0);
  trail.append(kLog, incident(3));
  trail.settle();
  CHECK(trail.incidents() == 3);
  CHECK(trail.told() == "");
}

TEST_CASE("LogFollower: yesterday's log is still written to") {
  play([](LogTrail& trail) {
    trail.append(kLog, incident(1));
    trail.settle();
    for (std::uint32_t n = 2; n < 8; n += 2) {
      trail.append(kNextDay, incident(n));
      trail.append(kLog, incident(n + 1));
      trail.settle();
    }
    CHECK(trail.incidents() == 7);
    CHECK(trail.follower->followed() == 2);
  });
}

TEST_CASE("LogFollower: the hole of a writer that does not append") {
  for (const off_t hole : {5'000, 64 << 20})
    for (const bool seen_empty : {false, true}) {
      CAPTURE(hole);
      CAPTURE(seen_empty);
      play([&](LogTrail& trail) {
        const StubbornWriter writer{trail.path(kLog)};
        writer.write(plains(0, 20) + incident(100));
        trail.settle();
        trail.truncate(kLog);
        if (seen_empty) trail.settle();
        writer.skip_to(hole);
        writer.write(incident(101) + incident(102));
        trail.settle();
        CHECK(trail.incidents() == 3);
        CHECK(trail.lines() == 23);
      });
    }
}

TEST_CASE("LogFollower: NUL bytes that a crash has left in front of a record") {
  play([](LogTrail& trail) {
    trail.append(kLog, incident(1));
    trail.settle();
    for (int i = 0; i < 3; ++i) trail.append(kLog, std::string(1 << 20, '\0'));
    trail.settle();
    trail.append(kLog, incident(2) + incident(3));
    trail.settle();
    CHECK(trail.incidents() == 3);
    CHECK(trail.oversized() == 0);
  });
}

TEST_CASE("LogFollower: an oversized line counts once, and the next one too") {
  play([](LogTrail& trail) {
    trail.append(kLog, incident(1));
    for (int i = 0; i < 4; ++i) {
      trail.append(kLog, std::string(1 << 19, 'x'));
      trail.look();
    }
    CHECK(trail.oversized() == 1);
    trail.append(kLog, "x\n" + incident(2));
    trail.settle();
    CHECK(trail.oversized() == 1);
    CHECK(trail.incidents() == 2);
    CHECK(trail.lines() == 3);
  });
}

TEST_CASE("LogFollower: an oversized line that is there at once") {
  play([](LogTrail& trail) {
    trail.append(kLog, incident(1) + std::string(2 << 20, 'x') + '\n' +
                           plain(2, kMaxLogLineBytes) + incident(3));
    trail.settle();
    CHECK(trail.oversized() == 2);
    CHECK(trail.incidents() == 2);
  });
}

TEST_CASE("LogFollower: needs no more memory for a huge line") {
  LogTrail trail;
  trail.look();
  trail.append(kLog, incident(1));
  trail.settle();
  const auto peak = [] {
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const std::string chunk(1 << 20, 'x');
  const auto before = peak();
  for (int i = 0; i < 64; ++i) trail.append(kLog, chunk);
  trail.settle();
  CHECK(peak() - before < 16 * 1024);
  CHECK(trail.oversized() == 1);
  CHECK(trail.follower->unread_bytes() == 0);
}

TEST_CASE("LogFollower: one log by links and by two patterns is read once") {
  for (const bool restarts : {false, true}) {
    LogTrail trail{{"logs/openclaw-*.log", "logs/open*.log", "real/*"}};
    trail.restarts = restarts;
    trail.look();
    trail.tree.add({"real/x.log", incident(1)});
    fs::create_symlink(trail.tree.path("real/x.log"), trail.path(kLog));
    fs::create_hard_link(trail.tree.path("real/x.log"), trail.path(kNextDay));
    trail.settle();
    CHECK(trail.incidents() == 1);
    CHECK(trail.follower->followed() == 1);
    trail.append(kLog, incident(2));
    trail.settle();
    CHECK(trail.incidents() == 2);
  }
}

TEST_CASE("LogFollower: a link that is turned to another log is a rotation") {
  LogTrail trail{{"logs/current.log"}};
  trail.look();
  trail.tree.add({"real/1", plains(0, 10) + incident(1)});
  trail.tree.add({"real/2", plains(100, 10) + incident(2)});
  fs::create_symlink(trail.tree.path("real/1"), trail.path("current.log"));
  trail.settle();
  fs::remove(trail.path("current.log"));
  fs::create_symlink(trail.tree.path("real/2"), trail.path("current.log"));
  trail.settle();
  CHECK(trail.incidents() == 2);
  CHECK(trail.rotations() == 1);
}

TEST_CASE("LogFollower: what is no regular file is passed over") {
  play([](LogTrail& trail) {
    trail.tree.add(TreeEntry::fifo("logs/openclaw-1.log"));
    trail.tree.add(TreeEntry::directory("logs/openclaw-2.log"));
    trail.tree.add(TreeEntry::symlink("logs/openclaw-3.log", "openclaw-3.log"));
    fs::remove(trail.path("openclaw-3.log"));
    trail.append(kLog, incident(1));
    trail.settle();
    CHECK(trail.incidents() == 1);
    CHECK(trail.follower->followed() == 1);
  });
}

TEST_CASE("LogFollower: compressed pieces are never read") {
  play([](LogTrail& trail) {
    trail.append(kLog, incident(1));
    trail.settle();
    trail.rename(kLog, kLog + ".1");
    trail.look();
    fs::remove(trail.path(kLog + ".1"));
    for (const char* ending : {".1.gz", ".2.zst", ".3.xz"})
      trail.append(kLog + ending, incident(2));
    trail.settle();
    CHECK(trail.lines() == 1);
  });
}

TEST_CASE("LogFollower: a log that may be read only later") {
  if (::getuid() == 0) return;
  LogTrail trail;
  trail.look();
  trail.append(kLog, incident(1));
  ::chmod(trail.path(kLog).c_str(), 0);
  trail.look();
  CHECK(trail.told() == "denied /logs/" + kLog + ": Permission denied\n");
  ::chmod(trail.path(kLog).c_str(), 0600);
  trail.settle();
  CHECK(trail.incidents() == 1);
  CHECK(trail.problems.size() == 1);
}

TEST_CASE("LogFollower: a log that cannot be read at the first look") {
  if (::getuid() == 0) return;
  LogTrail trail;
  trail.append(kLog, incident(1) + incident(2).substr(0, 50));
  ::chmod(trail.path(kLog).c_str(), 0);
  trail.look();
  CHECK(trail.problems.size() == 1);
  ::chmod(trail.path(kLog).c_str(), 0600);
  trail.append(kLog, incident(2).substr(50) + incident(3));
  trail.settle();
  // Whether the half line was one is not known: it is skipped.
  CHECK(trail.incidents() == 1);
}

TEST_CASE("LogFollower: a part that cannot be looked at hides no later log") {
  for (const bool restarts : {false, true}) {
    LogTrail trail{{"logs/*/openclaw-*.log"}};
    trail.restarts = restarts;
    trail.tree.add({"logs/a/openclaw-1.log", incident(1)});
    const auto loop = trail.path("b/" + kLog);
    trail.tree.add(TreeEntry::symlink("logs/b/" + kLog, kLog));
    trail.settle();
    CHECK(trail.incidents() == 0);
    CHECK_FALSE(trail.problems.empty());
    trail.tree.add({"logs/a/openclaw-2.log", incident(2)});
    trail.settle();
    CHECK(trail.incidents() == 1);
    // What it hides is first looked at when it can be.
    fs::remove(loop);
    trail.tree.add({"logs/b/" + kLog, incident(3)});
    trail.look();
    trail.append("b/" + kLog, incident(4));
    trail.settle();
    CHECK(trail.incidents() == 2);
    trail.tree.add({"logs/b/openclaw-3.log", incident(5)});
    trail.settle();
    CHECK(trail.incidents() == 3);
  }
}

TEST_CASE("LogFollower: a directory that may be listed only later") {
  if (::getuid() == 0) return;
  for (const bool restarts : {false, true}) {
    LogTrail trail{{"logs/*/openclaw-*.log"}};
    trail.restarts = restarts;
    trail.tree.add({"logs/a/" + kLog, incident(1)});
    ::chmod(trail.path("a").c_str(), 0);
    trail.settle();
    ::chmod(trail.path("a").c_str(), 0700);
    trail.settle();
    trail.append("a/" + kLog, incident(2));
    trail.append("a/" + kNextDay, incident(3));
    trail.settle();
    CHECK(trail.incidents() == 2);
  }
}

TEST_CASE("LogFollower: containers of other gateways are left out") {
  const auto config = [](const std::string& source) {
    return R"({"ID":"1","MountPoints":{"/x":{"Source":")" + source + "\"}}}";
  };
  for (const bool restarts : {false, true}) {
    LogTrail trail{{"docker/*/*-json.log"}};
    trail.restarts = restarts;
    trail.host_dirs = {"/data/oc1"};
    trail.watch();
    trail.look();
    trail.tree.add({"docker/c1/config.v2.json", config("/data/oc1")});
    trail.tree.add({"docker/c2/config.v2.json", config("/data/oc2")});
    for (const std::string container : {"c1", "c2", "c3"})
      trail.tree.add({"docker/" + container + "/" + container + "-json.log",
                      R"({"log":"[gateway] )" + container + " ready for " +
                          std::string(100, container[1]) +
                          R"(\n","stream":"stdout",)"
                          R"("time":"2026-11-20T23:16:17.9Z"})"
                          "\n"});
    trail.settle();
    // c3 cannot be told.
    CHECK(trail.lines() == 2);
    CHECK(trail.follower->followed() == 2);
    CHECK(trail.told() == "");
  }
}

TEST_CASE("LogFollower: more logs than are kept open") {
  play([](LogTrail& trail) {
    const auto name = [](std::uint32_t n) {
      return "openclaw-" + std::to_string(n) + ".log";
    };
    for (std::uint32_t n = 0; n < 80; ++n) trail.append(name(n), incident(n));
    trail.settle();
    CHECK(trail.incidents() == 80);
    for (std::uint32_t n = 0; n < 80; ++n)
      trail.append(name(n), incident(1000 + n));
    trail.settle();
    CHECK(trail.incidents() == 160);
    CHECK(trail.follower->followed() == 80);
  });
}

TEST_CASE("LogFollower: foreign containers take no place of its own") {
  LogTrail trail{{"docker/*/*-json.log"}};
  trail.host_dirs = {"/data/own"};
  trail.watch();
  trail.look();
  const auto line = [](const std::string& container) {
    return R"({"log":"[gateway] ready for )" + std::string(100, 'x') +
           container +
           R"(\n","stream":"stdout",)"
           R"("time":"2026-11-20T23:16:17.9Z"})"
           "\n";
  };
  const auto add = [&](const std::string& name, const std::string& source) {
    trail.tree.add(
        {"docker/" + name + "/config.v2.json",
         R"({"ID":"1","MountPoints":{"/x":{"Source":")" + source + "\"}}}"});
    trail.tree.add({"docker/" + name + "/" + name + "-json.log", line(name)});
  };
  add("own", "/data/own");
  for (int i = 0; i < 300; ++i) add("c" + std::to_string(i), "/data/other");
  trail.settle();
  CHECK(trail.lines() == 1);
  CHECK(trail.told() == "");
}

TEST_CASE("LogFollower: of too many logs its own come first") {
  LogTrail trail{{}};
  const auto old =
      std::filesystem::file_time_type::clock::now() - std::chrono::hours{1};
  trail.append("own.log", incident(1));
  std::filesystem::last_write_time(trail.path("own.log"), old);
  for (std::uint32_t n = 0; n < 300; ++n)
    trail.append("shared-" + std::to_string(n) + ".log", plain(n, 100));
  trail.follower->watch(
      {{trail.path("shared-*.log"), true}, {trail.path("own.log"), false}}, {},
      {});
  trail.look();
  CHECK(trail.follower->followed() == LogFollower::kMaxFiles);
  trail.append("own.log", incident(2));
  std::filesystem::last_write_time(trail.path("own.log"), old);
  trail.look();
  CHECK(trail.incidents() == 1);
}

TEST_CASE("LogFollower: a quiet log that comes back is not read twice") {
  for (const bool restarts : {false, true}) {
    CAPTURE(restarts);
    LogTrail trail;
    trail.restarts = restarts;
    const auto name = [](std::uint32_t n) {
      return "openclaw-" + std::to_string(n) + ".log";
    };
    const auto now = std::filesystem::file_time_type::clock::now();
    for (std::uint32_t n = 0; n < 300; ++n) {
      trail.append(name(n), incident(n) + plains(1000 * n, 10));
      std::filesystem::last_write_time(trail.path(name(n)),
                                       now - std::chrono::hours{1 + n});
    }
    trail.settle();
    CHECK(trail.incidents() == 0);
    CHECK(trail.follower->followed() == LogFollower::kMaxFiles);
    // What was left out comes back, what was followed is left out.
    for (std::uint32_t n = 299; n >= 200; --n) {
      trail.append(name(n), incident(300'000 + n));
      trail.look();
    }
    trail.settle();
    CHECK(trail.incidents() == 100);
    for (std::uint32_t n = 0; n < 300; ++n)
      trail.append(name(n), incident(310'000 + n));
    // Each is among those written last at some time.
    for (std::uint32_t n = 0; n < 300; ++n)
      std::filesystem::last_write_time(trail.path(name(n)),
                                       now + std::chrono::hours{n});
    trail.settle();
    for (std::uint32_t n = 0; n < 300; ++n)
      std::filesystem::last_write_time(trail.path(name(n)),
                                       now + std::chrono::hours{1000 - n});
    trail.settle();
    CHECK(trail.incidents() == 400);
  }
}

TEST_CASE("LogFollower: a log rewritten in place again and again is no hurry") {
  LogTrail trail;
  trail.append(kLog, plains(0, 20));
  trail.look();
  int hurried = 0;
  const auto began = std::chrono::steady_clock::now();
  for (std::uint32_t n = 1; n <= 30; ++n) {
    trail.tree.add({"logs/" + std::string{kLog}, plains(1000 * n, 20)});
    if (trail.follower->round(
            WallTime{}, [] { return false; }, trail.problems) ==
        ReadState::paused)
      ++hurried;
  }
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(hurried <= 1 + took / std::chrono::seconds{1});
  CHECK(trail.lines() == 600);
}

TEST_CASE("LogFollower: what a gate closes is not touched, and told") {
  LogTrail trail{{"a/*.log", "b/*.log"}};
  trail.tree.add({"a/1.log", plain(1)});
  trail.tree.add({"b/2.log", plain(2)});
  trail.look();
  std::ofstream{trail.tree.path("a/1.log"), std::ios::app} << incident(3);
  std::ofstream{trail.tree.path("b/2.log"), std::ios::app} << incident(4);
  const auto round = [&](bool open) {
    trail.problems.clear();
    trail.follower->round(
        WallTime{}, [] { return false; }, trail.problems,
        [&](const std::string& path) {
          return open || !path.starts_with(trail.tree.path("a"));
        });
  };
  round(false);
  CHECK(trail.incidents() == 1);
  CHECK(trail.told() ==
        "timeout /a/1.log: its file system does not answer\n"
        "timeout /a: its file system does not answer\n");
  round(true);
  CHECK(trail.incidents() == 2);
  CHECK(trail.told() == "");
}

TEST_CASE("LogFollower: followers of one pattern share looks and directories") {
  LogTrail trail;
  trail.append(kLog, plain(1));
  const auto listers = std::make_shared<PatternListers>(std::chrono::hours{1});
  LogLedger ledgers[2];
  LogIntake intakes[2] = {LogIntake{ledgers[0]}, LogIntake{ledgers[1]}};
  LogFollower followers[2] = {LogFollower{intakes[0], listers},
                              LogFollower{intakes[1], listers}};
  const auto pattern = trail.path("openclaw-*.log");
  for (auto& follower : followers) follower.watch({{pattern, true}}, {}, {});
  const auto round = [&](LogFollower& follower) {
    follower.round(
        WallTime{}, [] { return false; }, trail.problems);
    return listers->of(pattern)->listings();
  };
  const auto before = round(followers[0]);
  const auto first = round(followers[1]);
  CHECK(first - before <= 1);
  for (int i = 0; i < 3; ++i)
    for (auto& follower : followers) CHECK(round(follower) == first);
  for (const auto& follower : followers) CHECK(follower.followed() == 1);
}

TEST_CASE("LogFollower: pauses where it is asked to, and loses nothing") {
  LogTrail trail;
  trail.look();
  trail.append(kLog, plains(0, 5000) + incident(9000));
  trail.append(kNextDay, plains(10'000, 5000) + incident(19'000));
  int rounds = 0;
  while (trail.follower->round(
             WallTime{}, [] { return true; }, trail.problems) ==
         ReadState::paused)
    ++rounds;
  CHECK(rounds > 2);
  CHECK(trail.lines() == 10'002);
  CHECK(trail.incidents() == 2);
  CHECK(trail.follower->unread_bytes() == 0);
}

TEST_CASE("LogFollower: sources come and go") {
  LogTrail trail;
  trail.append(kLog, incident(1));
  trail.look();
  trail.follower->watch({}, {}, {});
  trail.append(kLog, incident(2));
  trail.look();
  CHECK(trail.follower->followed() == 0);
  trail.watch();
  trail.settle();
  CHECK(trail.incidents() == 1);
}

TEST_CASE("LogFollower: a source that comes while others are followed") {
  using std::chrono::minutes;
  struct Case {
    minutes first_look;
    minutes next_look;
    std::uint64_t incidents;
  };
  for (const auto& [first_look, next_look, incidents] :
       {Case{minutes{-1}, minutes{1}, 2},    // its log was made in between
        Case{minutes{-9}, minutes{5}, 1},    // long ago
        Case{minutes{1}, minutes{2}, 1}}) {  // before anything was followed
    LogTrail trail;
    trail.append("moved.txt", incident(1));
    if (!birth_of(UniqueFd{
            ::open(trail.path("moved.txt").c_str(), O_RDONLY | O_CLOEXEC)}))
      return;  // this file system does not keep it
    trail.now = wall_time_now() + first_look;
    trail.look();
    trail.now = wall_time_now() + next_look;
    if (next_look > minutes{2}) trail.look();
    trail.follower->watch({{trail.path("moved.txt")}}, {}, {});
    trail.settle();
    trail.append("moved.txt", incident(2));
    trail.settle();
    CHECK(trail.incidents() == incidents);
  }
}

TEST_CASE("LogFollower: a source that comes while nobody follows") {
  LogTrail trail;
  trail.now = wall_time_now() - std::chrono::hours{1};
  trail.append(kLog, plain(1));
  trail.look();
  trail.append(kLog,
               incident(2));  // read to its end, though it is named no more
  trail.append("moved.txt", incident(3));
  if (!birth_of(UniqueFd{
          ::open(trail.path("moved.txt").c_str(), O_RDONLY | O_CLOEXEC)}))
    return;  // this file system does not keep it
  trail.now = wall_time_now() + std::chrono::hours{1};
  trail.restart();
  trail.follower->watch({{trail.path("moved.txt")}}, {}, {});
  trail.settle();
  CHECK(trail.incidents() == 2);
  trail.append("moved.txt", incident(4));
  trail.settle();
  CHECK(trail.incidents() == 3);
}

TEST_CASE("LogFollower: a copy of a log that is named no more") {
  LogTrail trail;
  trail.append(kLog, plains(1, 50));
  trail.look();
  trail.append(kLog, incident(100));
  trail.settle();
  trail.copy(kLog, "copy.txt");
  trail.follower->watch({{trail.path("copy.txt")}}, {}, {});
  trail.settle();
  CHECK(eventually([&] {
    trail.look();
    return trail.follower->followed() == 1;
  }));
  trail.append("copy.txt", incident(101));
  trail.settle();
  CHECK(trail.incidents() == 2);
}

TEST_CASE("LogFollower: an empty log of a source that comes is followed") {
  LogTrail trail;
  trail.now = wall_time_now() - std::chrono::minutes{1};
  trail.look();
  trail.append("new.txt", "");
  trail.now = wall_time_now();
  trail.follower->watch({{trail.path("new.txt")}}, {}, {});
  trail.look();
  CHECK(trail.follower->followed() == 1);
  trail.append("new.txt", incident(1));
  trail.look();
  CHECK(trail.incidents() == 1);
}

TEST_CASE("LogFollower: an idle round reads none of the logs") {
  LogTrail trail;
  trail.look();
  for (std::uint32_t n = 0; n < 8; ++n)
    trail.append("openclaw-" + std::to_string(n) + ".log",
                 plains(100 * n, 50) + incident(10'000 + n));
  trail.append("openclaw-short.log", plain(1).substr(0, 60));
  trail.copy("openclaw-1.log", "openclaw-1.log.1");
  trail.settle();
  REQUIRE(trail.incidents() == 8);
  const auto read_so_far = [] {
    const auto text = *read_small_file("/proc/self/io", 4096);
    return std::stoull(text.substr(text.find("rchar: ") + 7));
  };
  const auto first = read_so_far();
  const auto asking = read_so_far() - first;
  const auto before = read_so_far();
  for (int i = 0; i < 10; ++i) trail.look();
  const auto read = read_so_far() - before;
  CHECK(read <= asking + 8);  // the numbers may have grown by digits
}
