// SPDX-License-Identifier: Apache-2.0
#include "core/logs/rotated_name.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

TEST_CASE("unrotated_name: each way of rotating") {
  const struct {
    const char* name;
    const char* before;
  } names[] = {
      {"openclaw-2026-11-20.log.1", "openclaw-2026-11-20.log"},
      {"openclaw-2026-11-20.log.12", "openclaw-2026-11-20.log"},
      {"openclaw.log-20261121", "openclaw.log"},
      {"openclaw.log-20261121-1700000000", "openclaw.log"},
      {"openclaw.log-2026-11-21", "openclaw.log"},
      {"openclaw-2026-11-20.1.log", "openclaw-2026-11-20.log"},
      {"openclaw-2026-11-20.12.log", "openclaw-2026-11-20.log"},
      {"0.log.20261120-231617", "0.log"},
      {"a1b2-json.log.1", "a1b2-json.log"},
      {"log.1", "log"},
  };
  for (const auto& rotated : names) {
    CAPTURE(rotated.name);
    CHECK(unrotated_name(rotated.name) == std::string{rotated.before});
  }
}

TEST_CASE("unrotated_name: names of logs that were not rotated") {
  for (const char* name :
       {"", "openclaw.log", "openclaw-2026-11-20.log", "custom", "123", ".1",
        "-1", "1.log", ".1.log", "a.b.log", "openclaw..log", "gateway-", ".",
        "x.1a.log", "a-json.log"}) {
    CAPTURE(name);
    CHECK_FALSE(unrotated_name(name));
  }
}

TEST_CASE("is_compressed_name: by its ending alone") {
  for (const char* name :
       {"a.log.1.gz", "a.log.zst", "a.xz", "a.bz2", "a.lz4", ".gz"})
    CHECK(is_compressed_name(name));
  for (const char* name : {"", "a.log", "gz", "a.gz.log", "a.GZ", "a.gz.1"})
    CHECK_FALSE(is_compressed_name(name));
}
