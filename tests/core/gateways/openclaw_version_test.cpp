// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/openclaw_version.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace openclaw_lock;

TEST_CASE("is_newer_than_tried: by year, month and patch") {
  CHECK_FALSE(is_newer_than_tried("2026.9.6"));
  CHECK_FALSE(is_newer_than_tried("2026.9.6-beta.1"));
  CHECK_FALSE(is_newer_than_tried("2026.8.99"));
  CHECK_FALSE(is_newer_than_tried(""));
  CHECK_FALSE(is_newer_than_tried("latest"));
  CHECK(is_newer_than_tried("2026.9.7"));
  CHECK(is_newer_than_tried("2026.10.1"));
  CHECK(is_newer_than_tried("2027.1.0-beta.2"));
}

TEST_CASE("kTriedVersions: rise") {
  CHECK(std::ranges::is_sorted(kTriedVersions));
}

TEST_CASE("package_version: of OpenClaw's package alone") {
  CHECK(package_version(R"({"name": "openclaw", "version": "2026.4.24"})") ==
        "2026.4.24");
  CHECK(package_version(R"({"name":"clawdbot","version":"2026.1.29"})") ==
        "2026.1.29");
  CHECK(package_version(R"({"name":"other","version":"2026.4.24"})").empty());
  CHECK(package_version(R"({"name":"openclaw","version":4})").empty());
  CHECK(package_version(R"({"name":"openclaw")").empty());
  CHECK(package_version("").empty());
}
