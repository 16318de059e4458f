// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/access/basic_auth.h"

#include <crypt.h>
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace openclaw_lock;

namespace {

using Verdict = PasswordCheck::Verdict;

std::string hash_of(const char* password, const char* version = "$2b$",
                    const char* cost = "04$") {
  crypt_data scratch{};
  return crypt_r(
      password,
      (std::string{version} + cost + "QOauhQNbBCuQDKes6eFzPe").c_str(),
      &scratch);
}

}  // namespace

TEST_CASE("parse_basic_auth: user and password of the header") {
  CHECK(*parse_basic_auth("Basic YWxpY2U6c2VjcmV0") ==
        Credentials{"alice", "secret"});
  CHECK(*parse_basic_auth("bAsIc YTpiOmM=") == Credentials{"a", "b:c"});
  CHECK(*parse_basic_auth("Basic Og==") == Credentials{"", ""});
}

TEST_CASE("parse_basic_auth: everything else is no credentials") {
  for (const char* header :
       {"", "Basic", "Basic ", "Bearer YWxpY2U6c2VjcmV0", "YWxpY2U6c2VjcmV0",
        "Basic YWxpY2U", "Basic YWxpY2U6c2VjcmV0 ", "Basic  YWxpY2U6c2VjcmV0",
        "Basic YWxp=2U6", "Basic ====", "Basic YWxpY2U=", "Basic YTo!",
        "Basic YTpi=A==", "Basic YTpiAGM="}) {
    CAPTURE(header);
    CHECK_FALSE(parse_basic_auth(header));
  }
  CHECK_FALSE(parse_basic_auth("Basic " + std::string(8192, 'A')));
}

TEST_CASE("PasswordCheck: hashes of each version, computed once") {
  PasswordCheck passwords;
  const PasswordCheck::Users users{{"a", hash_of("secret", "$2a$")},
                                   {"b", hash_of("secret", "$2b$")},
                                   {"y", hash_of("secret", "$2y$")}};
  unsigned long computed = 0;
  for (const auto& entry : users) {
    const auto& user = entry.first;
    CAPTURE(user);
    for (int i = 0; i < 3; ++i) {
      CHECK(passwords.check(users, {user, "secret"}, "c") == Verdict::right);
      CHECK(passwords.check(users, {user, "Secret"}, "c") == Verdict::wrong);
    }
    computed += 2;
    CHECK(passwords.computed() == computed);
  }
  CHECK(passwords.check({}, {"a", "secret"}, "c") == Verdict::wrong);
}

TEST_CASE("PasswordCheck: a changed hash is computed again") {
  PasswordCheck passwords;
  CHECK(passwords.check({{"a", hash_of("old")}}, {"a", "old"}, "c") ==
        Verdict::right);
  CHECK(passwords.check({{"a", hash_of("new")}}, {"a", "old"}, "c") ==
        Verdict::wrong);
  CHECK(passwords.computed() == 2);
}

TEST_CASE(
    "PasswordCheck: strangers are computed as users are, and never let "
    "in") {
  PasswordCheck passwords;
  const PasswordCheck::Users users{{"alice", hash_of("secret")}};
  CHECK(passwords.check(users, {"mallory", "secret"}, "c") == Verdict::wrong);
  CHECK(passwords.computed() == 1);
  CHECK(passwords.check(users, {"mallory", "secret"}, "c") == Verdict::wrong);
  CHECK(passwords.computed() == 1);
  CHECK(passwords.check(users, {"alice", "secret"}, "c") == Verdict::right);
  CHECK(passwords.check(users, {"mallory", "secret"}, "c") == Verdict::wrong);
}

TEST_CASE("PasswordCheck: wrong passwords do not drive out right ones") {
  PasswordCheck passwords;
  const PasswordCheck::Users users{{"alice", hash_of("secret")}};
  CHECK(passwords.check(users, {"alice", "secret"}, "c") == Verdict::right);
  for (int i = 0; i < 300; ++i)
    CHECK(passwords.check(users, {"alice", std::to_string(i)}, "c") ==
          Verdict::wrong);
  const auto computed = passwords.computed();
  CHECK(passwords.check(users, {"alice", "secret"}, "c") == Verdict::right);
  CHECK(passwords.computed() == computed);
  CHECK(passwords.check(users, {"alice", "0"}, "c") == Verdict::wrong);
  CHECK(passwords.computed() == computed + 1);
}

TEST_CASE(
    "PasswordCheck: a flood waits within bounds, the known come through") {
  PasswordCheck passwords;
  const PasswordCheck::Users users{{"alice", hash_of("secret")},
                                   {"slow", hash_of("x", "$2b$", "08$")}};
  REQUIRE(passwords.check(users, {"alice", "secret"}, "c") == Verdict::right);
  std::atomic<int> busy = 0;
  std::atomic<bool> over = false;
  std::vector<std::thread> flood;
  for (int client = 0; client < 16; ++client)
    flood.emplace_back([&, client] {
      for (int i = 0; !over; ++i)
        if (passwords.check(users,
                            {"slow", std::to_string(client * 100000 + i)},
                            std::to_string(client)) == Verdict::busy)
          ++busy;
    });
  // 16 clients, 8 places: somebody is sent away.
  while (busy == 0) std::this_thread::yield();
  for (int i = 0; i < 1000; ++i)
    CHECK(passwords.check(users, {"alice", "secret"}, "c") == Verdict::right);
  over = true;
  for (auto& thread : flood) thread.join();
}

TEST_CASE("PasswordCheck: one client has half of the places") {
  PasswordCheck passwords;
  const PasswordCheck::Users users{{"slow", hash_of("x", "$2b$", "06$")}};
  std::atomic<int> busy = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&, i] {
      for (int j = 0; busy == 0; ++j)
        if (passwords.check(users, {"slow", std::to_string(i * 100000 + j)},
                            "same") == Verdict::busy)
          ++busy;
    });
  for (auto& thread : threads) thread.join();
  CHECK(busy >= 1);
  CHECK(passwords.check(users, {"slow", "x"}, "same") == Verdict::right);
}
