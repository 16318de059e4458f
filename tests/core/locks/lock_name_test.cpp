// SPDX-License-Identifier: Apache-2.0
#include "core/locks/lock_name.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

TEST_CASE("lock_kind: session locks") {
  for (const std::string name :
       {"1e29302e-326c-4402-87a3-400e6cf07fe8.jsonl.lock", "term-1.jsonl.lock",
        "a.jsonl.lock", "x-topic-7.jsonl.lock", "a b\n\xff.jsonl.lock",
        "sessions.jsonl.lock", "sessions.json.jsonl.lock"}) {
    CAPTURE(name);
    CHECK(lock_kind(name) == LockKind::session);
  }
}

TEST_CASE("lock_kind: the store lock") {
  CHECK(lock_kind("sessions.json.lock") == LockKind::session_store);
}

TEST_CASE("lock_kind: nothing else is ever opened") {
  for (const std::string name : {"",
                                 ".",
                                 "..",
                                 ".jsonl.lock",
                                 ".a.jsonl.lock",
                                 "a.jsonl",
                                 "a.lock",
                                 "jsonl.lock",
                                 "ajsonl.lock",
                                 "a.jsonl.lock.tmp",
                                 "a.jsonl.lock.reclaim",
                                 "a.jsonl.LOCK",
                                 "a.jsonl.lock ",
                                 "a.json.lock",
                                 "Sessions.json.lock",
                                 "sessions.json",
                                 "sessions.json.lock.tmp",
                                 "xsessions.json.lock",
                                 "a.trajectory.jsonl",
                                 "a.sqlite",
                                 "gateway.state.lock",
                                 "gateway.def32010.lock",
                                 "a-b.sqlite-transcript.lock"}) {
    CAPTURE(name);
    CHECK_FALSE(lock_kind(name));
  }
}

TEST_CASE("lock_kind: a NUL inside is part of the name") {
  using namespace std::string_literals;
  CHECK_FALSE(lock_kind("a.jsonl.lock\0"s));
  CHECK(lock_kind("\0.jsonl.lock"s) == LockKind::session);
}

TEST_CASE("LockKind: the values of the label") {
  CHECK(to_string(LockKind::session) == "session");
  CHECK(to_string(LockKind::session_store) == "session_store");
  CHECK(to_string(LockKind::gateway) == "gateway");
}
