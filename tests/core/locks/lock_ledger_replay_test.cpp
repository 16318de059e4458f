// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/ledger.h"

using namespace openclaw_lock;

namespace {

/// A killed process and when it was gone.
struct Death {
  int pid = 0;
  WallTime at{};
};

/// Plays the inotify log of a real gateway into a ledger, as the lock reader
/// does: reads at MODIFY what the recorder read, judges where a lock was closed
/// and stays. tests/fixtures/captures/README.md derives what must come out.
class Replay {
 public:
  Replay(const std::string& capture, std::optional<Death> death = {})
      : capture_{capture}, death_{death} {}

  /// A lock that was there before the log begins, and what it was judged.
  void preexisting(const std::string& name, WallTime modified_at,
                   std::optional<LockClaim> claim, Holder holder) {
    const LockPlace place{1, name};
    ledger_.reconcile(1, "main", {{name, {1, 1}, modified_at, claim}}, true,
                      modified_at);
    HolderVerdict verdict;
    verdict.holder = holder;
    ledger_.judged(place, verdict);
    if (claim && claim->pid) present_[place] = *claim->pid;
  }

  void run() {
    std::ifstream file{std::string{TEST_DATA_DIR "/fixtures/captures/"} +
                       capture_ + "/watch.jsonl"};
    REQUIRE(file.is_open());
    for (std::string line; std::getline(file, line);)
      play(nlohmann::json::parse(line));
    ledger_.settle(last_ + std::chrono::seconds{10});
    CHECK(present_.empty());
    CHECK_FALSE(ledger_.next_deadline());
  }

  /// acquired, released, abandoned, stolen, finished holds and their sum in ms
  std::string counts(LockKind kind) const {
    const auto found = ledger_.totals().find({"main", kind});
    if (found == ledger_.totals().end()) return "none";
    const auto& totals = found->second;
    return std::to_string(totals.acquired) + ' ' +
           std::to_string(totals.released) + ' ' +
           std::to_string(totals.abandoned) + ' ' +
           std::to_string(totals.stolen) + ' ' +
           std::to_string(totals.holds.count()) + ' ' +
           std::to_string(std::lround(totals.holds.sum_seconds * 1000));
  }

 private:
  /// The log has tenths of a millisecond; our clock drops them.
  static WallTime time_of(const nlohmann::json& event) {
    const auto tenths = std::llround(event.at("t").get<double>() * 10'000);
    return WallTime{std::chrono::milliseconds{tenths / 10}};
  }

  void judge(WallTime now) {
    for (const auto& [place, pid] : present_) {
      HolderVerdict verdict;
      const bool dead = death_ && death_->pid == pid && now >= death_->at;
      verdict.holder = dead ? Holder::dead : Holder::alive;
      ledger_.judged(place, verdict);
    }
    ledger_.end_judgement();
  }

  void play(const nlohmann::json& event) {
    const auto name = event.at("f").get<std::string>();
    const auto kind = lock_kind(name);
    last_ = time_of(event);
    if (ledger_.wants_judgement(last_)) judge(last_);
    ledger_.settle(last_);
    if (!kind) return;
    const LockPlace place{1, name};
    const auto what = event.at("ev").get<std::string>();
    if (what == "CREATE") {
      ledger_.created(place, {"main", *kind}, last_);
      present_[place] = 0;
    } else if (what == "MODIFY") {
      write(place, event);
    } else if (what == "CLOSE_WRITE") {
      ledger_.closed(place, last_);
    } else if (what == "DELETE") {
      ledger_.deleted(place, last_);
      present_.erase(place);
    }
  }

  void write(const LockPlace& place, const nlohmann::json& event) {
    if (!event.contains("content") || !ledger_.wants_claim(place)) return;
    const auto claim = parse_lock_claim(event["content"].get<std::string>());
    ++inode_;
    ledger_.written(place, {inode_, 0},
                    claim ? std::optional{*claim} : std::nullopt);
    if (claim && claim->pid) present_[place] = *claim->pid;
  }

  std::string capture_;
  std::optional<Death> death_;
  LockLedger ledger_;
  std::map<LockPlace, int> present_;  ///< the pid it names, 0 before
  std::uint64_t inode_ = 1;
  WallTime last_{};
};

constexpr auto kSession = LockKind::session;
constexpr auto kStore = LockKind::session_store;

WallTime time_at(const char* text) { return *parse_iso8601(text); }

LockClaim capture_claim(int pid, std::uint64_t start_ticks,
                        const char* created_at) {
  auto claim = claim_of(pid, start_ticks);
  if (created_at) claim.created_at = time_at(created_at);
  return claim;
}

}  // namespace

TEST_CASE("LockLedger: a turn of 2026.4.24") {
  Replay replay{"2026.4.24/02-turn-inotify"};
  replay.run();
  CHECK(replay.counts(kSession) == "1 1 0 0 1 4752");
  CHECK(replay.counts(kStore) == "5 5 0 0 5 35");
}

TEST_CASE("LockLedger: SIGTERM to an embedded holder of 2026.4.24") {
  Replay replay{"2026.4.24/07-sigterm-embedded-holder"};
  replay.run();
  CHECK(replay.counts(kSession) == "1 1 0 0 1 13500");
  CHECK(replay.counts(kStore) == "4 4 0 0 4 108");
}

TEST_CASE("LockLedger: a lock from before the log is released") {
  Replay replay{"2026.4.24/06-sigterm-embedded-holder"};
  const auto created = "2026-11-20T23:15:21.181Z";
  replay.preexisting("1e29302e-326c-4402-87a3-400e6cf07fe8.jsonl.lock",
                     time_at(created), capture_claim(5809, 150972, created),
                     Holder::alive);
  replay.run();
  CHECK(replay.counts(kSession) == "0 1 0 0 1 113784");
  CHECK(replay.counts(kStore) == "none");
}

TEST_CASE("LockLedger: SIGTERM to the gateway of 2026.4.24 in mid-turn") {
  Replay replay{"2026.4.24/12-sigterm-gateway-mid-turn"};
  replay.run();
  CHECK(replay.counts(kSession) == "1 1 0 0 1 10257");
  CHECK(replay.counts(kStore) == "3 3 0 0 3 53");
}

TEST_CASE("LockLedger: a lock of a recycled pid is removed by the next turn") {
  Replay replay{"2026.4.24/08-foreign-live-wrong-starttime"};
  const auto created = "2026-11-20T23:26:22.628Z";
  replay.preexisting("1e29302e-326c-4402-87a3-400e6cf07fe8.jsonl.lock",
                     time_at(created), capture_claim(25322, 226431, created),
                     Holder::recycled);
  replay.run();
  CHECK(replay.counts(kSession) == "1 1 0 0 1 2101");
  CHECK(replay.counts(kStore) == "5 5 0 0 5 30");
}

TEST_CASE("LockLedger: two gateways of 2026.4.24 on one state dir") {
  Replay replay{"2026.4.24/16-two-gateways"};
  replay.run();
  CHECK(replay.counts(kSession) == "1 1 0 0 1 104470");
  CHECK(replay.counts(kStore) == "9 9 0 0 9 61");
}

TEST_CASE("LockLedger: two turns of 2026.5.22, many short holds") {
  Replay replay{"2026.5.22/02-turn-inotify"};
  replay.run();
  CHECK(replay.counts(kSession) == "12 12 0 0 12 2464");
  CHECK(replay.counts(kStore) == "none");
}

TEST_CASE("LockLedger: SIGKILL to an embedded holder of 2026.5.22") {
  Replay replay{"2026.5.22/04-kill9-embedded-holder",
                Death{19439, time_at("2026-11-20T23:22:12.264Z")}};
  replay.run();
  CHECK(replay.counts(kSession) == "8 7 1 0 8 4471");
}

TEST_CASE("LockLedger: SIGTERM to an embedded holder of 2026.5.22") {
  Replay replay{"2026.5.22/07-sigterm-embedded-holder"};
  replay.run();
  CHECK(replay.counts(kSession) == "5 5 0 0 5 3350");
}

TEST_CASE("LockLedger: SIGKILL to the gateway of 2026.5.22 in mid-turn") {
  Replay replay{"2026.5.22/13-kill9-gateway-mid-turn",
                Death{9784, time_at("2026-11-20T23:31:58.359Z")}};
  replay.run();
  CHECK(replay.counts(kSession) == "2 1 1 0 2 6073");
}

TEST_CASE("LockLedger: a lock stolen from a live holder of 2026.5.22") {
  Replay replay{"2026.5.22/15-steal-and-finish"};
  replay.preexisting("e51e02b7-5056-4536-8371-bd89b673f239.jsonl.lock",
                     time_at("2026-11-20T23:37:05.422Z"),
                     capture_claim(23123, 289452, nullptr), Holder::alive);
  replay.run();
  CHECK(replay.counts(kSession) == "10 10 0 1 11 22625");
}

TEST_CASE("LockLedger: a live holder robbed at the start of 2026.7.35") {
  Replay replay{"2026.7.35/robbed-holder"};
  replay.run();
  CHECK(replay.counts(kSession) == "5 4 0 1 5 33449");
}
