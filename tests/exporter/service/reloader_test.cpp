// SPDX-License-Identifier: Apache-2.0
#include "exporter/service/reloader.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include "exporter/config/command_line.h"
#include "tests/support/captured_stderr.h"
#include "tests/support/eventually.h"
#include "tests/support/notify_listener.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

using Status = ReloadOutcome::Status;

/// An exporter with a configuration file that changes.
class Host {
 public:
  explicit Host(std::shared_ptr<const NotifySocket> service = nullptr,
                Reloader::Timing timing = {1h, 1h}) {
    for (const char* gateway : {"a", "b"})
      tree_.add(TreeEntry::directory(gateway + std::string{"/agents"}));
    write("a");
    const auto parsed = parse_command_line(arguments());
    REQUIRE(std::holds_alternative<Settings>(parsed));
    const auto& settings = std::get<Settings>(parsed);
    auto storage = LogStorage::open("");
    REQUIRE(storage);
    fleet = std::make_shared<Fleet>(settings, DiscoveryEnvironment{},
                                    *std::move(storage));
    web = std::make_shared<WebConfigFile>();
    REQUIRE_FALSE(web->load(settings.web_config_file));
    reloader = std::make_unique<Reloader>(arguments(), settings, fleet, web,
                                          std::move(service), timing);
  }

  /// Gateways of one letter each, and whatever else.
  void write(const std::string& gateways, const std::string& more = "") {
    std::string text = "gateways:\n";
    for (const char name : gateways)
      text.append("  - {name: ") +=
          name + (", state_dir: " + tree_.path(std::string{name}) + "}\n");
    replace("c.yml", text + more);
    if (!web) replace("web.yml", "");
  }

  void replace(const std::string& name, const std::string& text) {
    tree_.add({name + ".new", text});
    std::filesystem::rename(tree_.path(name + ".new"), tree_.path(name));
  }

  void put_fifo(const std::string& name) {
    tree_.add(TreeEntry::fifo(name + ".new"));
    std::filesystem::rename(tree_.path(name + ".new"), tree_.path(name));
  }

  bool shows(const std::string& text) const {
    return fleet->exposition(ExpositionFormat::text_0_0_4).find(text) !=
           std::string::npos;
  }
  bool watches(char gateway) const {
    return shows("openclaw_lock_source_up{gateway=\"" + std::string{gateway} +
                 "\",source=\"locks\"}");
  }

 private:
  std::vector<std::string> arguments() const {
    return {"--config.file=" + tree_.path("c.yml"),
            "--web.config.file=" + tree_.path("web.yml"),
            "--sample.interval=100ms", "--no-collector.processes"};
  }

  TempTree tree_;

 public:
  std::shared_ptr<Fleet> fleet;
  std::shared_ptr<WebConfigFile> web;
  std::unique_ptr<Reloader> reloader;
};

/// The number that a limit must exceed for one more.
rlim_t descriptors_in_use() {
  rlim_t last = 0;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"})
    last = std::max<rlim_t>(last, std::stoul(entry.path().filename()));
  return last + 1;
}

constexpr const char* kInForce =
    "\nopenclaw_lock_config_last_reload_successful 1\n";

}  // namespace

TEST_CASE("Reloader: gateways come and go") {
  CapturedStderr quiet;
  Host host;
  CHECK(eventually([&] { return host.watches('a'); }));
  host.write("b");
  CHECK(host.reloader->reload().status == Status::done);
  CHECK(eventually([&] { return host.watches('b') && !host.watches('a'); }));
  CHECK(host.shows(kInForce));
}

TEST_CASE("Reloader: a request is carried out, too") {
  CapturedStderr quiet;
  Host host;
  for (const char* gateways : {"b", "a", "b"}) {
    host.write(gateways);
    host.reloader->request();
    CHECK(eventually([&] { return host.watches(*gateways); }));
  }
}

TEST_CASE("Reloader: a bad file of either kind changes nothing of both") {
  CapturedStderr quiet;
  Host host;
  CHECK(eventually([&] { return host.watches('a'); }));
  const auto limited = [&] {
    return host.web->access()
               .answer({"GET", "/", "", ""},
                       [](const HttpRequest&) { return HttpResponse{}; })
               .status == 429;
  };
  host.write("b");
  host.replace("web.yml", "nonsense: 1");
  auto outcome = host.reloader->reload();
  CHECK(outcome.status == Status::failed);
  CHECK(outcome.line.find("web.yml:1: unknown key") != std::string::npos);
  CHECK_FALSE(host.shows(kInForce));

  host.write("b", "nonsense: 1\n");
  host.replace("web.yml", "rate_limit: {interval: 1h, burst: 1}");
  outcome = host.reloader->reload();
  CHECK(outcome.status == Status::failed);
  CHECK(outcome.line.find("c.yml:3: unknown key") != std::string::npos);
  CHECK(outcome.line.find('\n') == std::string::npos);
  CHECK_FALSE(limited());
  CHECK_FALSE(limited());
  CHECK_FALSE(host.watches('b'));

  host.write("b");
  CHECK(host.reloader->reload().status == Status::done);
  CHECK(host.shows(kInForce));
  CHECK_FALSE(limited());
  CHECK(limited());
}

TEST_CASE("Reloader: a changed web configuration is loaded by itself") {
  CapturedStderr quiet;
  Host host{nullptr, {1ms, 1h}};
  CHECK(eventually([&] { return host.fleet->ready(); }));
  host.replace("web.yml", "nonsense: 1");
  CHECK(eventually([&] { return !host.shows(kInForce); }));
  host.replace("web.yml", "");
  CHECK(eventually([&] { return host.shows(kInForce); }));
}

TEST_CASE("Reloader: a FIFO in place of a file is told, and keeps nobody") {
  CapturedStderr quiet;
  Host host{nullptr, {1ms, 1h}};
  CHECK(eventually([&] { return host.fleet->ready(); }));
  host.put_fifo("c.yml");
  for (int i = 0; i < 2; ++i) {
    const auto outcome = host.reloader->reload();
    CHECK(outcome.status == Status::failed);
    CHECK(outcome.line.ends_with("c.yml: a FIFO, not a regular file"));
    CHECK_FALSE(host.shows(kInForce));
  }
  host.write("b");
  CHECK(host.reloader->reload().status == Status::done);
  CHECK(host.shows(kInForce));
  host.put_fifo("web.yml");
  CHECK(eventually([&] { return !host.shows(kInForce); }));
  host.replace("web.yml", "rate_limit: {interval: 1h, burst: 1}");
  CHECK(eventually([&] { return host.shows(kInForce); }));
}

TEST_CASE("Reloader: settings that need a restart are named") {
  CapturedStderr quiet;
  Host host;
  host.write("a", "web: {telemetry_path: /m}\nlog: {format: json}\n");
  const auto outcome = host.reloader->reload();
  CHECK(outcome.status == Status::done);
  CHECK(outcome.line == "web.telemetry-path");
  host.write("a");
  CHECK(host.reloader->reload().line.empty());
}

TEST_CASE("Reloader: the service manager is told, once it knows of the start") {
  CapturedStderr quiet;
  TempTree tree;
  const NotifyListener manager{tree.path("notify")};
  Host host{NotifySocket::open(tree.path("notify"))};
  CHECK(eventually([&] { return host.fleet->ready(); }));
  host.write("ab");
  host.reloader->reload();
  CHECK(manager.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(manager.next().starts_with("READY=1\nSTATUS=watching "));
  host.write("a", "nonsense: 1\n");
  host.reloader->reload();
  CHECK(manager.next().starts_with("RELOADING=1\n"));
  CHECK(manager.next().starts_with("READY=1\n"));
}

TEST_CASE("Reloader: without descriptors it says so, or does it") {
  CapturedStderr quiet;
  Host host;
  CHECK(eventually([&] { return host.watches('a'); }));
  host.write("ab");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  // Enough to read the files, too few for another gateway's readers.
  for (rlim_t spare = 1; spare <= 3; ++spare) {
    auto few = before;
    few.rlim_cur = descriptors_in_use() + spare;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    host.reloader->reload();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  }
  const auto outcome = host.reloader->reload();
  if (outcome.status == Status::done)
    CHECK(eventually([&] { return host.watches('b'); }));
  else
    CHECK_FALSE(host.shows(kInForce));
}

TEST_CASE("Reloader: reloads, scrapes and renewals at the same time") {
  CapturedStderr quiet;
  Host host;
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      while (done < 20)
        if (host.reloader->reload().status == Status::done) ++done;
    });
  threads.emplace_back([&] {
    while (done < 20) {
      host.shows(kInForce);
      host.web->tls();
    }
  });
  threads.emplace_back([&] {
    while (done < 20) host.web->load_if_changed();
  });
  for (int i = 0; done < 20; ++i) {
    host.write(i % 2 == 0 ? "ab" : "a");
    host.replace("web.yml", i % 3 == 0 ? "" : "http_server_config: {}");
  }
  for (auto& thread : threads) thread.join();
  host.write("ab");
  while (host.reloader->reload().status != Status::done) {
  }
  CHECK(eventually([&] { return host.watches('a') && host.watches('b'); }));
}
