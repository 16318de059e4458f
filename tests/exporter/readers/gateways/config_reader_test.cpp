// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/config_reader.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporter/system/clock.h"
#include "tests/support/fake_procfs.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

using Shared = std::shared_ptr<const OpenclawConfig>;

/// A gateway whose root is a temporary directory; its state directory is /s.
struct Gateway {
  Shared read(Shared before = {}) const {
    ConfigPlace place{"/s", tree.root().native(), owner, procfs.path().native(),
                      process};
    return read_config(place, std::move(before), now, gate);
  }

  /// `LOG|SESSIONS`, else `problem where: detail` of the first problem.
  std::string show(const OpenclawConfig& config) const {
    std::string text = config.places.log_file + '|' + config.places.session_dir;
    for (const auto& problem : config.problems) {
      auto where = problem.where;
      if (where.starts_with(tree.root().native()))
        where = where.substr(tree.root().native().size());
      text += ' ' + std::string{to_string(problem.fault)} + ' ' + where + ": " +
              problem.detail;
    }
    return text;
  }
  std::string places(Shared before = {}) const {
    return show(*read(std::move(before)));
  }

  void runs(const std::string& environment) {
    process = {7, 100};
    procfs.write("7/environ", environment);
  }

  TempTree tree{TreeEntry::directory("s")};
  FakeProcfs procfs;
  uid_t owner = ::getuid();
  std::optional<ProcessIdentity> process;
  Gate gate = always_open;
  WallTime now = wall_time_now() + 10s;  // stamps have settled
};

}  // namespace

TEST_CASE("read_config: none is no problem, the first name counts") {
  Gateway gateway;
  CHECK(gateway.places() == "|");
  gateway.tree.add({"s/clawdbot.json", "{logging: {file: '/old.log'}}"});
  CHECK(gateway.places() == "/old.log|");
  gateway.tree.add({"s/openclaw.json", "{logging: {file: '/new.log'}}"});
  CHECK(gateway.places() == "/new.log|");
}

TEST_CASE("read_config: with the environment of its process") {
  Gateway gateway;
  gateway.tree.add({"s/openclaw.json", "{logging: {file: '~/${NAME}.log'}}"});
  CHECK(gateway.places() == "|");  // nothing runs, so nothing writes there
  gateway.runs("HOME=/home/node\0NAME=x\0"s);
  CHECK(gateway.places() == "/home/node/x.log|");
  gateway.tree.add({"etc/my.json", "{session: {store: 'd/s.json'}}"});
  gateway.procfs.add(TreeEntry::symlink("7/cwd", "/cwd"));
  gateway.runs("OPENCLAW_CONFIG_PATH=/etc/my.json\0"s);
  CHECK(gateway.places() == "|/cwd/d");
  gateway.procfs.remove("7/environ");
  CHECK(gateway.places() ==
        "| missing /s/openclaw.json: logging.file the variable NAME is not "
        "known to the exporter");
}

TEST_CASE("read_config: a home directory that is the root") {
  Gateway gateway;
  gateway.tree.add({"s/openclaw.json", "{logging: {file: '~/x.log'}}"});
  gateway.runs("HOME=/\0"s);
  CHECK(gateway.places() == "/x.log|");
}

TEST_CASE("read_config: the home directory of a usual state directory") {
  Gateway gateway;
  for (const std::string name : {".openclaw", ".openclaw-work", ".clawdbot"}) {
    CAPTURE(name);
    gateway.tree.add(
        {"u/" + name + "/openclaw.json", "{logging: {file: '~/x.log'}}"});
    const auto config = read_config(
        {"/u/" + name, gateway.tree.root(), gateway.owner, "/none", {}}, {},
        gateway.now, always_open);
    CHECK(config->places.log_file == "/u/x.log");
  }
}

TEST_CASE("read_config: read again only where something has changed") {
  Gateway gateway;
  gateway.tree.add({"s/openclaw.json", "{logging: {$include: 'log.json'}}"});
  gateway.tree.add({"s/log.json", "{file: '/a'}"});
  gateway.runs("A=b\0"s);
  const auto first = gateway.read();
  CHECK(gateway.show(*first) == "/a|");
  CHECK(gateway.read(first) == first);
  gateway.tree.add({"s/log.json", "{file: '/longer'}"});
  const auto second = gateway.read(first);
  CHECK(gateway.show(*second) == "/longer|");
  gateway.runs("A=b\0"s);
  gateway.process->pid = 7;
  gateway.process->start_ticks = 200;
  CHECK(gateway.read(second) != second);  // another process
  gateway.tree.remove("s/openclaw.json");
  CHECK(gateway.places(second) == "|");
  const auto none = gateway.read();
  CHECK(gateway.read(none) == none);
  gateway.tree.add({"s/openclaw.json", "{logging: {file: '/b'}}"});
  CHECK(gateway.places(none) == "/b|");
}

TEST_CASE("read_config: what was written a moment ago is read again") {
  Gateway gateway;
  gateway.tree.add({"s/openclaw.json", "{}"});
  gateway.now = wall_time_now();
  const auto first = gateway.read();
  CHECK(gateway.read(first) != first);
}

TEST_CASE("read_config: what cannot be read leaves what was known") {
  Gateway gateway;
  gateway.tree.add({"s/openclaw.json", "{logging: {file: '/a'}}"});
  const auto good = gateway.read();
  gateway.tree.add({"s/openclaw.json", "{logging: {\nfile: '/a'"});
  CHECK(gateway.places(good) ==
        "/a| malformed /s/openclaw.json: line 2: expected a comma or }");
  CHECK(gateway.places() ==
        "| malformed /s/openclaw.json: line 2: expected a comma or }");
  // A setting that is no more is no more.
  gateway.tree.add({"s/openclaw.json", "{logging: {file: 7}}"});
  CHECK(gateway.places(good) ==
        "| malformed /s/openclaw.json: logging.file is no text");
}

TEST_CASE("read_config: only regular files, and no more than 1 MiB") {
  Gateway gateway;
  const auto config = gateway.tree.path("s/openclaw.json");
  const std::string odd = "| denied /s/openclaw.json: is no regular file";
  SUBCASE("FIFO") {
    gateway.tree.add(TreeEntry::fifo("s/openclaw.json"));
    CHECK(gateway.places() == odd);
  }
  SUBCASE("directory") {
    gateway.tree.add(TreeEntry::directory("s/openclaw.json"));
    CHECK(gateway.places() == odd);
  }
  SUBCASE("link loop") {
    gateway.tree.add(TreeEntry::symlink("s/openclaw.json", "openclaw.json"));
    CHECK(gateway.places().starts_with("| malformed /s/openclaw.json"));
  }
  SUBCASE("1 MiB") {
    gateway.tree.add(
        {"s/openclaw.json", "{}" + std::string(kMaxConfigBytes - 2, ' ')});
    CHECK(gateway.places() == "|");
    gateway.tree.add(
        {"s/openclaw.json", "{}" + std::string(kMaxConfigBytes - 1, ' ')});
    CHECK(gateway.places() == "| too_big /s/openclaw.json: longer than 1 MiB");
  }
  SUBCASE("include") {
    gateway.tree.add({"s/openclaw.json", "{$include: 'x'}"});
    gateway.tree.add(TreeEntry::fifo("s/x"));
    CHECK(gateway.places() == "| denied /s/x: is no regular file");
  }
}

TEST_CASE("read_config: files of its own user, and public ones of root") {
  if (::getuid() != 0) return;
  Gateway gateway;
  gateway.owner = 12345;
  gateway.tree.add({"s/openclaw.json", "{logging: {file: '/a'}}", 0644});
  CHECK(gateway.places() == "/a|");
  gateway.tree.add({"s/openclaw.json", "root:x:0:0:root:/root:/bin/sh", 0644});
  CHECK(gateway.places() ==
        "| denied /s/openclaw.json: is of root, and no configuration");
  gateway.tree.add({"s/openclaw.json", "{logging: {file: '/a'}}", 0644});
  const auto path = gateway.tree.path("s/openclaw.json");
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  const std::string denied =
      "| denied /s/openclaw.json: is of another user than its gateway";
  CHECK(gateway.places() == denied);
  REQUIRE(::chown(path.c_str(), 12345, 0) == 0);
  CHECK(gateway.places() == "/a|");
  REQUIRE(::chown(path.c_str(), 54321, 0) == 0);
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  CHECK(gateway.places() == denied);
}

TEST_CASE("read_config: links mean what they mean in its own root") {
  Gateway gateway;
  gateway.tree.add({"real/openclaw.json", "{$include: 'inc/x'}"});
  gateway.tree.add({"real/inc/x", "{logging: {file: '/a'}}"});
  gateway.tree.add(
      TreeEntry::symlink("s/openclaw.json", "/real/openclaw.json"));
  // The configuration's directory is the one of its name.
  CHECK(gateway.places().starts_with("| missing /s/inc/x"));
  gateway.tree.remove("s");
  gateway.tree.add(TreeEntry::symlink("s", "/real"));
  CHECK(gateway.places() == "/a|");
  const TempTree elsewhere{{"x", "{logging: {file: '/host'}}"}};
  gateway.tree.add({"other/x", "{logging: {file: '/b'}}"});
  gateway.tree.remove("real/inc/x");
  gateway.tree.add(TreeEntry::symlink("real/inc/x", elsewhere.path("x")));
  CHECK(gateway.places().starts_with("| denied /s/inc/x: a link leads out"));
  gateway.tree.remove("real/inc/x");
  gateway.tree.add(TreeEntry::symlink("real/inc/x", "../../other/x"));
  CHECK(gateway.places() ==
        "| denied /s/inc/x: a link leads out of the configuration's "
        "directory");
}

TEST_CASE("read_config: behind a gate that is shut it is not looked at") {
  Gateway gateway;
  gateway.tree.add({"s/openclaw.json", "{logging: {file: '/a'}}"});
  const auto before = gateway.read();
  gateway.gate = [](const std::string& path) {
    return path.find("/s/") == std::string::npos;
  };
  CHECK(gateway.read(before) == before);
  CHECK(gateway.read() == nullptr);
  gateway.runs("A=b\0"s);
  gateway.gate = [](const std::string& path) {
    return path.find("/environ") == std::string::npos;
  };
  CHECK(gateway.read() == nullptr);
}
