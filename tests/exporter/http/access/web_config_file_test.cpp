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

TEST_CASE("WebConfigFile: what is no regular file is refused") {
  TempTree tree{TreeEntry::fifo("fifo.yml"), {"web.yml", ""}};
  WebConfigFile web;
  const auto refused = web.load(tree.path("fifo.yml"));
  REQUIRE(refused);
  CHECK(refused->detail == "a FIFO, not a regular file");
  CHECK(web.load(tree.root())->detail == "a directory, not a regular file");
  CHECK(web.load("/dev/null")->detail == "a device, not a regular file");
}

TEST_CASE("WebConfigFile: a certificate that is a FIFO keeps nobody" *
          doctest::skip(!has_tls())) {
  const TestCertificate good{"good"};
  TempTree tree{
      {"web.yml", kTls}, {"c.pem", good.certificate()}, {"k.pem", good.key()}};
  WebConfigFile web;
  REQUIRE_FALSE(web.load(tree.path("web.yml")));
  for (const std::string name : {"c.pem", "k.pem"}) {
    const auto before = web.tls();
    tree.remove(name);
    tree.add(TreeEntry::fifo(name));
    const auto changed = web.load_if_changed();
    REQUIRE(changed);
    REQUIRE(*changed);
    CHECK((*changed)->where == tree.path(name));
    CHECK((*changed)->detail == "a FIFO, not a regular file");
    CHECK(web.tls() == before);
    tree.remove(name);
    tree.add({name, name == "c.pem" ? good.certificate() : good.key()});
    const auto back = web.load_if_changed();
    REQUIRE(back);
    CHECK_FALSE(*back);
  }
}

TEST_CASE("WebConfigFile: links as Kubernetes swaps them are seen" *
          doctest::skip(!has_tls())) {
  const TestCertificate first{"first"};
  const TestCertificate second{"second"};
  TempTree tree{{"..1/c.pem", first.certificate()},
                {"..1/k.pem", first.key()},
                {"..2/c.pem", second.certificate()},
                {"..2/k.pem", second.key()},
                {"web.yml", kTls},
                TreeEntry::symlink("..data", "..1"),
                TreeEntry::symlink("c.pem", "..data/c.pem"),
                TreeEntry::symlink("k.pem", "..data/k.pem")};
  WebConfigFile web;
  REQUIRE_FALSE(web.load(tree.path("web.yml")));
  const auto before = web.tls();
  CHECK_FALSE(web.load_if_changed());
  tree.add(TreeEntry::symlink("..data_tmp", "..2"));
  std::filesystem::rename(tree.path("..data_tmp"), tree.path("..data"));
  const auto changed = web.load_if_changed();
  REQUIRE(changed);
  CHECK_FALSE(*changed);
  CHECK(web.tls() != before);
}

TEST_CASE("WebConfigFile: what was read of another file than now is dropped") {
  TempTree tree{{"a.yml", "rate_limit: {interval: 1h, burst: 1}"},
                {"b.yml", ""}};
  WebConfigFile web;
  auto late = WebConfigFile::read(tree.path("a.yml"));
  REQUIRE_FALSE(web.load(tree.path("b.yml")));
  CHECK_FALSE(web.take_again(std::move(late)));
  CHECK(status(web) == 200);
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
