// SPDX-License-Identifier: Apache-2.0
#include "core/logs/known_places.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

TEST_CASE("profile_of_state_dir: by the directory's name") {
  CHECK(profile_of_state_dir("/home/node/.openclaw-vesper") == "vesper");
  CHECK(profile_of_state_dir("/home/node/.openclaw-a-b") == "a-b");
  CHECK(profile_of_state_dir("/home/node/.openclaw").empty());
  CHECK(profile_of_state_dir("/home/.openclaw-x/state").empty());
  CHECK(profile_of_state_dir("").empty());
}

TEST_CASE("encode_profile: as OpenClaw 2026.8.1 names logs") {
  CHECK(encode_profile("work2") == "work2");
  CHECK(encode_profile("a-b_C") == "a--b-0-1c");
  CHECK(encode_profile("a b") == "a-220-b");
  CHECK(encode_profile(std::string(221, 'a')).empty());
}

TEST_CASE("profile_of_log: what stands between the name and the date") {
  CHECK(profile_of_log("openclaw-vesper-2026-11-28.log") == "vesper");
  CHECK(profile_of_log("openclaw-a--b-0-1c-2026-11-28.log") == "a--b-0-1c");
  CHECK(profile_of_log("openclaw-vesper-2026-11-28.1.log") == "vesper");
  CHECK(profile_of_log("openclaw-2026-11-28.log").empty());
  CHECK(profile_of_log("openclaw-2026-11-28.2.log").empty());
  CHECK(profile_of_log("openclaw-vesper.log").empty());
  CHECK(profile_of_log("gateway-2026-11-28.log").empty());
  CHECK(profile_of_log("").empty());
}
