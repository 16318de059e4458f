// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/access/web_config_file.h"

#include <doctest/doctest.h>

#include "tests/support/certificates.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

constexpr const char* kTls =
    "tls_server_config: {cert_file: c.pem, key_file: k.pem}\n";

int status(WebConfigFile& web) {
  return web.access()
      .answer({"GET", "/", "", ""},
              [](const HttpRequest&) { return HttpResponse{}; })
      .status;
}

bool has_tls() { return !find_unsupported({}, true); }

/// Another file in its place, as tools that renew certificates do it.
void replace(TempTree& tree, const std::string& name, const std::string& text) {
  tree.add({name + ".new", text});
  std::filesystem::rename(tree.path(name + ".new"), tree.path(name));
}

}  // namespace

TEST_CASE("WebConfigFile: without a file there is nothing to load") {
  WebConfigFile web;
  CHECK_FALSE(web.load(""));
  CHECK_FALSE(web.load_if_changed());
  CHECK(web.tls() == nullptr);
  CHECK(status(web) == 200);
}

TEST_CASE(
    "WebConfigFile: a changed file is loaded once, a bad one changes "
    "nothing") {
  TempTree tree{{"web.yml", "rate_limit: {interval: 1h, burst: 1}"}};
  WebConfigFile web;
  REQUIRE_FALSE(web.load(tree.path("web.yml")));
  CHECK(status(web) == 200);
  CHECK(status(web) == 429);
  CHECK_FALSE(web.load_if_changed());

  replace(tree, "web.yml", "rate_limt: {}");
  const auto bad = web.load_if_changed();
  REQUIRE(bad);
  REQUIRE(*bad);
  CHECK((*bad)->where == tree.path("web.yml") + ":1");
  CHECK_FALSE(web.load_if_changed());  // told once
  CHECK(status(web) == 429);           // the old one is in force

  replace(tree, "web.yml", "");
  const auto good = web.load_if_changed();
  REQUIRE(good);
  CHECK_FALSE(*good);
  CHECK(status(web) == 200);

  tree.remove("web.yml");
  REQUIRE(web.load_if_changed());
  CHECK_FALSE(web.load_if_changed());
}

TEST_CASE("WebConfigFile: a renewed certificate is loaded, half of it is not" *
          doctest::skip(!has_tls())) {
  const TestCertificate first{"first"};
  const TestCertificate second{"second"};
  TempTree tree{{"web.yml", kTls},
                {"c.pem", first.certificate()},
                {"k.pem", first.key()}};
  WebConfigFile web;
  REQUIRE_FALSE(web.load(tree.path("web.yml")));
  const auto before = web.tls();
  REQUIRE(before);

  replace(tree, "c.pem", second.certificate());
  const auto half = web.load_if_changed();
  REQUIRE(half);
  REQUIRE(*half);
  CHECK((*half)->where == tree.path("k.pem"));
  CHECK(web.tls() == before);

  replace(tree, "k.pem", second.key());
  const auto whole = web.load_if_changed();
  REQUIRE(whole);
  CHECK_FALSE(*whole);
  CHECK(web.tls() != before);
}

TEST_CASE("WebConfigFile: another file that is bad leaves the first one") {
  TempTree tree{{"a.yml", "rate_limit: {interval: 1h, burst: 1}"},
                {"b.yml", "[]"}};
  WebConfigFile web;
  REQUIRE_FALSE(web.load(tree.path("a.yml")));
  CHECK(web.load(tree.path("b.yml")));
  CHECK(web.load(tree.path("missing.yml")));
  CHECK(status(web) == 200);
  CHECK(status(web) == 429);
  replace(tree, "a.yml", "");
  const auto again = web.load_if_changed();
  REQUIRE(again);
  CHECK_FALSE(*again);
  CHECK(status(web) == 200);
}

TEST_CASE("WebConfigFile: TLS that this build cannot serve is never loaded" *
          doctest::skip(has_tls())) {
  TempTree tree{{"web.yml", ""}};
  WebConfigFile web;
  REQUIRE_FALSE(web.load(tree.path("web.yml")));
  replace(tree, "web.yml", kTls);
  const auto changed = web.load_if_changed();
  REQUIRE(changed);
  REQUIRE(*changed);
  CHECK((*changed)->where == "tls_server_config");
  CHECK(web.tls() == nullptr);
}
