// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/log_settings.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

namespace {

/// Sources of the flags that belong to a gateway, each with a blank.
std::string sources(const Settings& settings, const GatewaySettings* configured,
                    std::string_view name) {
  std::string text;
  for (const auto& log : logs_from_flags(settings, configured, name))
    text += log.source + ' ';
  return text;
}

}  // namespace

TEST_CASE("parse_log: a name before the first =, where there is no path yet") {
  CHECK(*parse_log("/a=b") == LogSettings{"", "/a=b"});
  CHECK(*parse_log("a=/b=c") == LogSettings{"a", "/b=c"});
  CHECK(*parse_log("-") == LogSettings{"", "-"});
  CHECK(*parse_log("-=-") == LogSettings{"-", "-"});
  CHECK(*parse_log("a=journald:b") == LogSettings{"a", "journald:b"});
  CHECK(parse_log("=/a").problem().detail == "a name must not be empty");
  CHECK_FALSE(parse_log("a"));
  CHECK_FALSE(parse_log("a="));
}

TEST_CASE("logs_from_flags: of a discovered gateway, those without a name") {
  Settings settings;
  settings.logs = {{"a", "/1"}, {"", "/2"}, {"b", "/3"}};
  CHECK(sources(settings, nullptr, "a") == "/1 /2 ");
  CHECK(sources(settings, nullptr, "c") == "/2 ");
}

TEST_CASE("logs_from_flags: of a configured gateway, by its name or entry") {
  Settings settings;
  settings.gateways = {{"a", "/a", {}}, {"oc{1}", "/oc*", {}}};
  settings.logs = {{"a", "/1"}, {"oc{1}", "/2/{1}"}, {"oc7", "/3"}};
  const auto* a = &settings.gateways[0];
  const auto* many = &settings.gateways[1];
  CHECK(sources(settings, a, "a") == "/1 ");
  CHECK(sources(settings, many, "oc7") == "/2/{1} /3 ");
  CHECK(sources(settings, many, "oc8") == "/2/{1} ");
}

TEST_CASE("logs_from_flags: without a name, of the only gateway") {
  Settings settings;
  settings.gateways = {{"", "/srv/a", {}}};
  settings.logs = {{"", "/1"}, {"b", "/2"}};
  CHECK(sources(settings, &settings.gateways[0], "a") == "/1 ");
}
