// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/session_store_era.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

StoreTraces times(std::optional<WallTime> sqlite,
                  std::optional<WallTime> jsonl) {
  StoreTraces traces;
  traces.sqlite_gateway_at = sqlite;
  traces.session_store_at = jsonl;
  return traces;
}

}  // namespace

TEST_CASE("judge_store: by what lies there") {
  const WallTime early{1000s};
  const WallTime late{2000s};
  CHECK(judge_store({}) == Store::unknown);
  CHECK(judge_store(times({}, early)) == Store::jsonl);
  CHECK(judge_store(times(early, {})) == Store::sqlite);
  CHECK(judge_store(times(late, early)) == Store::sqlite);
  CHECK(judge_store(times(early, early)) == Store::sqlite);
  CHECK(judge_store(times(early, late)) == Store::jsonl);
}

TEST_CASE("judge_store: the singleton lock goes first") {
  auto traces = times({}, WallTime{1000s});
  traces.lease_lock = true;
  CHECK(judge_store(traces) == Store::sqlite_lease);
  traces.owner_lock = true;
  CHECK(judge_store(traces) == Store::sqlite);
}

TEST_CASE("last_touched_version: JSON and JSON5") {
  CHECK(last_touched_version(
            R"({"meta": {"lastTouchedVersion": "2026.9.6", "x": 1}})") ==
        "2026.9.6");
  CHECK(last_touched_version("{meta:{lastTouchedVersion:'2026.7.2-beta.7'}}") ==
        "2026.7.2-beta.7");
  CHECK(last_touched_version("{\"lastTouchedVersion\"\n:\n\"7\"}") == "7");
}

TEST_CASE("last_touched_version: anything else is none") {
  for (const std::string text :
       {"", "{}", "lastTouchedVersion", "lastTouchedVersion:",
        "lastTouchedVersion: 7", "lastTouchedVersion: \"7",
        "\"lastTouchedVersion\": \"sk secret\"", "lastTouchedVersion: \"\"",
        "lastTouchedVersion: \"123456789012345678901234567890123\""}) {
    CAPTURE(text);
    CHECK(last_touched_version(text).empty());
  }
}
