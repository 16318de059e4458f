// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/gateway_name.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

using namespace openclaw_lock;

TEST_CASE("choose_gateway_name: the base name without its leading dot") {
  CHECK(choose_gateway_name("/home/node/.openclaw", {}) == "openclaw");
  CHECK(choose_gateway_name("/home/me/.openclaw-work", {}) == "openclaw-work");
  CHECK(choose_gateway_name("/srv/oc1/", {}) == "oc1");
  CHECK(choose_gateway_name("/srv/my bot", {}) == "my bot");
}

TEST_CASE("choose_gateway_name: a generic base name gets its parent in front") {
  CHECK(choose_gateway_name("/opt/openclaw-multi/data/oc1/config", {}) ==
        "oc1-config");
  CHECK(choose_gateway_name("/home/node/.config", {}) == "node-config");
  CHECK(choose_gateway_name("/srv/oc1/data/config", {}) == "oc1-data-config");
  CHECK(choose_gateway_name("/data", {}) == "data");
  CHECK(choose_gateway_name("/data/.openclaw", {}) == "openclaw");
}

TEST_CASE("choose_gateway_name: a taken name gets further parents in front") {
  CHECK(choose_gateway_name("/home/a/.openclaw", {"openclaw"}) == "a-openclaw");
  CHECK(choose_gateway_name("/home/a/.openclaw", {"openclaw", "a-openclaw"}) ==
        "home-a-openclaw");
  CHECK(choose_gateway_name("/srv/oc1/config", {"oc1-config"}) ==
        "srv-oc1-config");
}

TEST_CASE("choose_gateway_name: in the end a number") {
  CHECK(choose_gateway_name("/.openclaw", {"openclaw"}) == "openclaw-2");
  CHECK(choose_gateway_name("/.openclaw", {"openclaw", "openclaw-2"}) ==
        "openclaw-3");
  CHECK(choose_gateway_name("/a/x", {"x", "a-x"}) == "x-2");
}

TEST_CASE("choose_gateway_name: a path without a word is called gateway") {
  for (const char* path : {"/", "", "/.", "/..", "//.../"}) {
    CAPTURE(path);
    CHECK(choose_gateway_name(path, {}) == "gateway");
  }
  CHECK(choose_gateway_name("/", {"gateway"}) == "gateway-2");
  CHECK(choose_gateway_name("/srv/...", {}) == "srv");
}

TEST_CASE("choose_gateway_name: bytes of an outsider become label text") {
  CHECK(choose_gateway_name("/srv/a\nb", {}) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(choose_gateway_name("/srv/\xFF", {}) == "\xEF\xBF\xBD");
  CHECK(choose_gateway_name("/srv/\xFE", {"\xEF\xBF\xBD"}) ==
        "srv-\xEF\xBF\xBD");
}

TEST_CASE("choose_gateway_name: unique and at most 128 bytes, however long") {
  std::set<std::string> taken;
  const std::string path =
      '/' + std::string(255, 'p') + "/\xC3\xBC" + std::string(254, 'x');
  for (int i = 0; i < 150; ++i) {
    const auto name = choose_gateway_name(path, taken);
    CAPTURE(name);
    CHECK(name.size() <= 128);
    CHECK(to_label_text(name) == name);
    CHECK(taken.insert(name).second);
  }
}
