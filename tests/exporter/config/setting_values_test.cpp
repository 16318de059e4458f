// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/setting_values.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

TEST_CASE("parse_listen_address: the accepted forms") {
  CHECK(*parse_listen_address("1.2.3.4:10069") ==
        ListenAddress{"1.2.3.4", 10069});
  CHECK(*parse_listen_address(":10069") == ListenAddress{"", 10069});
  CHECK(*parse_listen_address("localhost:1") == ListenAddress{"127.0.0.1", 1});
  CHECK(*parse_listen_address("127.0.0.1:0") == ListenAddress{"127.0.0.1", 0});
  CHECK(*parse_listen_address("[::1]:10069") == ListenAddress{"::1", 10069});
  CHECK(*parse_listen_address("[::]:65535") == ListenAddress{"::", 65535});
  CHECK(*parse_listen_address("unix:/run/x.sock") ==
        ListenAddress{"", 0, "/run/x.sock"});
}

TEST_CASE("to_text: an address as it is read") {
  for (const char* text : {"1.2.3.4:10069", ":10069", "[::1]:0", "[fe80::1]:80",
                           "unix:/run/x.sock"}) {
    CAPTURE(text);
    CHECK(to_text(*parse_listen_address(text)) == text);
  }
}

TEST_CASE("parse_listen_address: a path that no socket can have is refused") {
  CHECK(parse_listen_address("unix:/" + std::string(106, 'x')));
  CHECK_FALSE(parse_listen_address("unix:/" + std::string(107, 'x')));
  for (const char* text :
       {"unix:", "unix:x", "unix:~/x", "unix:/a/../b", "unix:/", "unix:/x/"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_listen_address(text));
  }
}

TEST_CASE("parse_listen_address: everything else is refused") {
  for (const auto text : {""sv,
                          ":"sv,
                          "10069"sv,
                          "1.2.3.4"sv,
                          "1.2.3.4:"sv,
                          "1.2.3.4:65536"sv,
                          ":-1"sv,
                          ":+1"sv,
                          ":1 "sv,
                          ": 1"sv,
                          ":0x1"sv,
                          "1.2.3:1"sv,
                          "[::1]"sv,
                          "::1"sv,
                          "::1:80"sv,
                          "[1.2.3.4]:80"sv,
                          "[::1:80"sv,
                          "[]:80"sv,
                          "1:2:3"sv,
                          "tcp://1.2.3.4:5"sv,
                          "[fe80::1%eth0]:80"sv,
                          "1.2.3.256:1"sv,
                          "01.2.3.4:1"sv,
                          "1.2.3.4.5:1"sv,
                          "example.org:1"sv,
                          "Localhost:1"sv,
                          " 1.2.3.4:1"sv,
                          "1.2.3.4\0:1"sv,
                          "*:1"sv}) {
    CAPTURE(text);
    CHECK_FALSE(parse_listen_address(text));
  }
}

TEST_CASE("parse_sample_interval: from 100ms to 1h") {
  CHECK(*parse_sample_interval("100ms") == 100ms);
  CHECK(*parse_sample_interval("1h") == 1h);
  CHECK(*parse_sample_interval("60m") == 1h);
  for (const char* text : {"", "5", "99ms", "0s", "1h1ms", "-5s", "5 s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_sample_interval(text));
  }
}

TEST_CASE("parse_telemetry_path: any path but those of others") {
  for (const char* text : {"/metrics", "/a/b", "/m.e~t-r_1", "/metrics/",
                           "/-metrics", "/..a", "/a/.b"}) {
    CAPTURE(text);
    CHECK(*parse_telemetry_path(text) == text);
  }
  for (const auto text :
       {""sv,         "/"sv,         "metrics"sv, "/-"sv,    "/-/"sv,
        "/-/ready"sv, "//"sv,        "//a"sv,     "/a//b"sv, "/./a"sv,
        "/a/.."sv,    "/a/../-/x"sv, "/."sv,      "/a b"sv,  "/a?b"sv,
        "/a#b"sv,     "/a%2Fb"sv,    "/a\n"sv,    "/a\0"sv,  "/\xC3\xBC"sv,
        "/a\"b"sv,    "/<b>"sv}) {
    CAPTURE(text);
    CHECK_FALSE(parse_telemetry_path(text));
  }
}

TEST_CASE("parse_max_requests: whole numbers, 0 for no limit") {
  CHECK(*parse_max_requests("0") == 0);
  CHECK(*parse_max_requests("4294967295") == 4294967295U);
  for (const char* text : {"", "-1", "+1", "1.5", "4294967296", "many", "1e3"})
    CHECK_FALSE(parse_max_requests(text));
}

TEST_CASE("parse_log_level, parse_log_format, parse_switch: exact words") {
  CHECK(*parse_log_level("debug") == LogLevel::debug);
  CHECK(*parse_log_level("info") == LogLevel::info);
  CHECK(*parse_log_level("warn") == LogLevel::warn);
  CHECK(*parse_log_level("error") == LogLevel::error);
  CHECK_FALSE(parse_log_level("INFO"));
  CHECK_FALSE(parse_log_level("warning"));
  CHECK(*parse_log_format("logfmt") == LogFormat::logfmt);
  CHECK(*parse_log_format("json") == LogFormat::json);
  CHECK_FALSE(parse_log_format("text"));
  CHECK(*parse_switch("true"));
  CHECK_FALSE(*parse_switch("false"));
  for (const char* text : {"", "yes", "True", "1", "on"})
    CHECK_FALSE(parse_switch(text));
}

TEST_CASE("parse_absolute_path: superfluous slashes and dots are taken out") {
  CHECK(*parse_absolute_path("/") == "/");
  CHECK(*parse_absolute_path("///") == "/");
  CHECK(*parse_absolute_path("/./.") == "/");
  CHECK(*parse_absolute_path("/a//b/./c/") == "/a/b/c");
  CHECK(*parse_absolute_path("/a/.b/c..") == "/a/.b/c..");
  CHECK(*parse_absolute_path("/a/*/\xFF") == "/a/*/\xFF");
}

TEST_CASE("parse_absolute_path: relative, too long and climbing paths") {
  for (const auto text :
       {""sv, "a"sv, "./a"sv, "~/a"sv, "~a"sv, " /a"sv, "/a/../b"sv, "/.."sv,
        "/a\0b"sv, "/a\n"sv, "/\x7f"sv}) {
    CAPTURE(text);
    CHECK_FALSE(parse_absolute_path(text));
  }
  CHECK(parse_absolute_path('/' + std::string(4094, 'a')));
  CHECK_FALSE(parse_absolute_path('/' + std::string(4095, 'a')));
}

TEST_CASE("parse_log_source: a path or glob, a unit's journal, or -") {
  for (const char* text :
       {"-", "/var/log/x.log", "/tmp/openclaw/openclaw-*.log", "/a=b", "/a b",
        "/{1}/?.log", "journald:openclaw-gateway.service", "journald:a",
        "journald:openclaw@a\\x2db:1_.service", "journald:oc-{1}.service"}) {
    CAPTURE(text);
    CHECK(*parse_log_source(text) == text);
  }
  CHECK(*parse_log_source("/a//b/./c") == "/a/b/c");
  CHECK(parse_log_source("journald:" + std::string(255, 'a')));
}

TEST_CASE("parse_log_source: everything else is refused with what is right") {
  for (const auto text : {""sv, "a.log"sv, "--"sv, "- "sv, "journald"sv,
                          "Journald:a"sv, "stdin"sv, "file:/a"sv})
    CHECK(parse_log_source(text).problem().detail ==
          "expected an absolute path or glob, journald:UNIT or -");
  for (const auto text : {"journald:"sv, "journald:a/b"sv, "journald:a b"sv,
                          "journald:{}"sv, "journald:a*"sv, "journald:a\0"sv})
    CHECK(parse_log_source(text).problem().detail.starts_with(
        "expected journald:UNIT"));
  for (const auto text : {"/"sv, "/var/log/"sv})
    CHECK(parse_log_source(text).problem().detail.ends_with("not a directory"));
  for (const auto text : {"~/a.log"sv, "/a/../b"sv, "/a\n"sv, "/a\0b"sv})
    CHECK_FALSE(parse_log_source(text));
  CHECK_FALSE(parse_log_source("journald:" + std::string(256, 'a')));
}

TEST_CASE("parse_textfile_path: an absolute name that ends in .prom") {
  CHECK(*parse_textfile_path("/var/lib/x.prom") == "/var/lib/x.prom");
  for (const char* text : {"", "x.prom", "/x", "/x.prom.tmp", "/.prom",
                           "/x.prom/", "/x.PROM", "/"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_textfile_path(text));
  }
}

TEST_CASE("describe_invalid: one line, however hostile the value") {
  CHECK(describe_invalid("--x", "a\nb", "expected c") ==
        "invalid value \"a\xEF\xBF\xBD"
        "b\" for --x: expected c");
  CHECK(quote(std::string(10000, 'x')).size() == 130);
}
