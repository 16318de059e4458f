// SPDX-License-Identifier: Apache-2.0
#include "exporter/service/notify_socket.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "tests/support/notify_listener.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

TEST_CASE("NotifySocket: tells by a path and by an abstract socket") {
  const TempTree tree;
  for (const auto& address :
       {tree.path("notify"), "@openclaw-lock-test-" + tree.root().string()}) {
    CAPTURE(address);
    const NotifyListener listener{address};
    const auto socket = NotifySocket::open(address);
    REQUIRE(socket);
    CHECK(socket->ready("watching 2 gateways"));
    CHECK(listener.next() == "READY=1\nSTATUS=watching 2 gateways");
    CHECK(socket->stopping());
    CHECK(listener.next() == "STOPPING=1\nSTATUS=stopping");
    CHECK(socket->reloading());
    const auto said = listener.next();
    CHECK(said.starts_with("RELOADING=1\nMONOTONIC_USEC="));
    CHECK(said.ends_with("\nSTATUS=reloading"));
    CHECK(said.substr(27).find_first_not_of("0123456789") ==
          said.substr(27).find('\n'));
  }
}

TEST_CASE("NotifySocket: finds a manager that was started anew") {
  const TempTree tree;
  const auto address = tree.path("notify");
  auto socket = NotifySocket::open(address);
  REQUIRE(socket);
  CHECK_FALSE(socket->send("WATCHDOG=1"));
  {
    const NotifyListener first{address};
    CHECK(socket->send("WATCHDOG=1"));
  }
  tree.remove("notify");
  const NotifyListener second{address};
  CHECK(socket->send("WATCHDOG=1"));
  CHECK(second.next() == "WATCHDOG=1");
}

TEST_CASE("NotifySocket: nobody waits") {
  for (const auto* address : {"", "/", "@", "relative", "vsock:2:1234"}) {
    CAPTURE(address);
    CHECK_FALSE(NotifySocket::open(address));
  }
  CHECK_FALSE(NotifySocket::open("/" + std::string(200, 'a')));
  ::unsetenv("NOTIFY_SOCKET");
  CHECK_FALSE(NotifySocket::of_environment());
}

TEST_CASE("watchdog_of_environment: only what is meant for this process") {
  const auto watchdog = [](const char* span, const char* pid) {
    span ? ::setenv("WATCHDOG_USEC", span, 1) : ::unsetenv("WATCHDOG_USEC");
    pid ? ::setenv("WATCHDOG_PID", pid, 1) : ::unsetenv("WATCHDOG_PID");
    const auto found = watchdog_of_environment();
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    return found;
  };
  const auto ours = std::to_string(::getpid());
  CHECK(watchdog("60000000", ours.c_str()) == 60s);
  CHECK(watchdog("60000000", nullptr) == 60s);
  CHECK_FALSE(watchdog("60000000", "1"));
  CHECK_FALSE(watchdog(nullptr, nullptr));
  for (const auto* span : {"", "0", "-1", "1s", "99999999999999999999"}) {
    CAPTURE(span);
    CHECK_FALSE(watchdog(span, nullptr));
  }
}
