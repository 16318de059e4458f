// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <random>

#include "core/logs/log_checkpoint.h"
#include "exporter/readers/logs/log_follower.h"
#include "tests/support/log_records.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
namespace fs = std::filesystem;

namespace {

constexpr int kKept = 40;  ///< rotated pieces: more than a run makes

/// A writer of logs who rotates in all ways, and a reader who is killed.
class Run {
 public:
  explicit Run(unsigned seed) : random_{seed} {
    start({});
    round();
    store();
  }

  void step() {
    switch (pick(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return append();
      case 5:
        return rename_chain(pick(2) == 0);
      case 6:
        return copy_truncate(pick(2) == 0);
      case 7:
        return next_day();
      case 8:
      case 9:
        return round();
      case 10:
        round();
        return store();
      default:
        return kill();
    }
  }

  /// All that was written is counted, and nothing else.
  void check() {
    if (!half_.empty()) write(std::exchange(half_, {}));
    for (int i = 0; i < 6; ++i) round();
    ledger_->settle(WallTime{std::chrono::seconds{1}});
    auto totals = ledger_->totals();
    CHECK(totals.timeouts[{"main", TimeoutKind::session}] == incidents_);
    CHECK(totals.lines[0] == incidents_);
    CHECK(totals.lines[1] == records_ - incidents_);
    CHECK(totals.lines[2] == 0);
    CHECK(totals.bytes == bytes_);
    CHECK(follower_->unread_bytes() == 0);
  }

  std::string story;

 private:
  int pick(int count) {
    return std::uniform_int_distribution{0, count - 1}(random_);
  }
  std::string day() const {
    return "openclaw-2026-11-" + std::to_string(20 + day_);
  }
  fs::path active() const { return tree_.path("logs/" + day() + ".log"); }

  void write(const std::string& text) {
    std::ofstream{active(), std::ios::app | std::ios::binary} << text;
  }

  void append() {
    for (int i = pick(4); i >= 0; --i) {
      if (!half_.empty()) {
        write(std::exchange(half_, {}));
        continue;
      }
      ++records_;
      const bool fails = pick(4) == 0;
      incidents_ += fails ? 1 : 0;
      const auto padding =
          static_cast<std::size_t>(pick(20) == 0 ? 300'000 : pick(1500));
      const auto line = fails ? log_records::incident(records_)
                              : log_records::plain(records_, padding);
      bytes_ += line.size();
      const auto cut = static_cast<std::size_t>(
          pick(3) == 0 ? pick(static_cast<int>(line.size())) : 0);
      write(cut > 0 ? line.substr(0, cut) : line);
      if (cut > 0) half_ = line.substr(cut);
    }
    story += 'a';
  }

  fs::path piece(int number, bool before_extension) const {
    return tree_.path("logs/" + day() +
                      (before_extension ? '.' + std::to_string(number) + ".log"
                                        : ".log." + std::to_string(number)));
  }

  void shift(bool before_extension) {
    for (int i = kKept; i > 0; --i)
      if (fs::exists(piece(i, before_extension)))
        fs::rename(piece(i, before_extension), piece(i + 1, before_extension));
  }

  void rename_chain(bool before_extension) {
    if (!half_.empty() || !fs::exists(active())) return;
    shift(before_extension);
    fs::rename(active(), piece(1, before_extension));
    story += before_extension ? 'r' : 'R';
  }

  void copy_truncate(bool before_extension) {
    if (!half_.empty() || !fs::exists(active())) return;
    shift(before_extension);
    fs::copy_file(active(), piece(1, before_extension));
    // Somebody may look in between.
    if (pick(3) == 0) round();
    fs::resize_file(active(), 0);
    story += before_extension ? 'c' : 'C';
  }

  void next_day() {
    if (!half_.empty()) return;
    day_ = day_ == 9 ? 0 : day_ + pick(2);
    story += 'd';
  }

  void start(const std::string& checkpoint) {
    LogLedger::State state;
    LogCheckpoint kept;
    if (!checkpoint.empty()) kept = *decode_checkpoint(checkpoint);
    ledger_ = std::make_unique<LogLedger>(kept.ledger);
    intake_ = std::make_unique<LogIntake>(*ledger_);
    follower_ = std::make_unique<LogFollower>(*intake_);
    follower_->watch({{tree_.path("logs/openclaw-*.log"), false}}, {}, {});
    if (!checkpoint.empty())
      follower_->restore(kept.sources, kept.unseen, kept.looked_at, kept.files);
  }

  void round() {
    std::vector<Problem> problems;
    const bool hurried = pick(2) == 0;
    follower_->round(
        WallTime{}, [hurried] { return hurried; }, problems);
    for (const auto& problem : problems)
      FAIL_CHECK(problem.where << ": " << problem.detail);
    story += '.';
  }

  void store() {
    LogCheckpoint checkpoint;
    checkpoint.sources = follower_->known_sources();
    checkpoint.unseen = follower_->unseen_places();
    checkpoint.looked_at = follower_->looked_at();
    checkpoint.files = follower_->positions();
    checkpoint.ledger = ledger_->state();
    stored_ = encode_checkpoint(checkpoint);
    story += 's';
  }

  void kill() {
    start(stored_);
    story += 'K';
  }

  std::mt19937 random_;
  TempTree tree_{TreeEntry::directory("logs")};
  std::string half_;  ///< of a line that is being written
  int day_ = 0;
  std::uint32_t records_ = 0;
  std::uint64_t incidents_ = 0;
  std::uint64_t bytes_ = 0;
  std::string stored_;
  std::unique_ptr<LogLedger> ledger_;
  std::unique_ptr<LogIntake> intake_;
  std::unique_ptr<LogFollower> follower_;
};

}  // namespace

TEST_CASE(
    "LogFollower: counts each record once, however logs are rotated and "
    "whenever it is killed") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Run run{seed};
    for (int i = 0; i < 60; ++i) run.step();
    CAPTURE(seed);
    CAPTURE(run.story);
    run.check();
  }
}
