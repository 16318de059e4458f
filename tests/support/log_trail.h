// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/logs/log_checkpoint.h"
#include "exporter/readers/logs/log_follower.h"
#include "tests/support/log_records.h"
#include "tests/support/temp_tree.h"

namespace openclaw_lock {

/// Logs in a directory, and a follower of them that can be restarted.
struct LogTrail {
  explicit LogTrail(std::vector<std::string> patterns = {"logs/openclaw-*.log"})
      : patterns_{std::move(patterns)} {
    tree.add(TreeEntry::directory("logs"));
    start({});
  }

  std::string path(const std::string& name) const {
    return tree.path("logs/" + name);
  }
  void append(const std::string& name, const std::string& text) const {
    std::ofstream{path(name), std::ios::app | std::ios::binary} << text;
  }
  void rename(const std::string& from, const std::string& to) const {
    std::filesystem::rename(path(from), path(to));
  }
  void copy(const std::string& from, const std::string& to) const {
    std::filesystem::copy_file(path(from), path(to));
  }
  void truncate(const std::string& name) const {
    std::filesystem::resize_file(path(name), 0);
  }

  /// One round, with a restart before it if `restarts`.
  void look() {
    if (restarts) restart();
    round();
  }
  /// Rounds enough for every doubt to be settled.
  void settle() {
    look();
    look();
    for (int i = 0; i < 4; ++i) round();
  }

  /// Killed, and started again with what it had last stored.
  void restart() {
    LogCheckpoint checkpoint;
    checkpoint.sources = follower->known_sources();
    checkpoint.unseen = follower->unseen_places();
    checkpoint.looked_at = follower->looked_at();
    checkpoint.files = follower->positions();
    checkpoint.ledger = ledger->state();
    start(*decode_checkpoint(encode_checkpoint(checkpoint)));
  }

  std::uint64_t incidents() const {
    ledger->settle(WallTime{std::chrono::hours{24 * 365 * 100}});
    std::uint64_t sum = 0;
    for (const auto& [series, count] : ledger->totals().timeouts) sum += count;
    return sum;
  }
  std::uint64_t lines() const {
    std::uint64_t sum = 0;
    for (const auto count : ledger->totals().lines) sum += count;
    return sum;
  }
  std::uint64_t oversized() const { return ledger->totals().lines[3]; }
  std::uint64_t rotations() const { return ledger->totals().rotations; }

  /// Faults of the rounds so far, in one line each.
  std::string told() const {
    std::string text;
    for (const auto& problem : problems)
      text += std::string{to_string(problem.fault)} + ' ' +
              problem.where.substr(tree.root().native().size()) + ": " +
              problem.detail + '\n';
    return text;
  }

  TempTree tree;
  bool restarts = false;
  WallTime now{};
  std::vector<std::string> host_dirs;
  std::vector<Problem> problems;
  std::unique_ptr<LogLedger> ledger;
  std::unique_ptr<LogIntake> intake;
  std::unique_ptr<LogFollower> follower;

 private:
  void round() {
    follower->round(
        now, [] { return false; }, problems);
  }

  void start(LogCheckpoint checkpoint) {
    const bool is_first = !ledger;
    ledger = std::make_unique<LogLedger>(std::move(checkpoint.ledger));
    intake = std::make_unique<LogIntake>(*ledger);
    follower = std::make_unique<LogFollower>(*intake);
    watch();
    if (!is_first)
      follower->restore(std::move(checkpoint.sources),
                        std::move(checkpoint.unseen), checkpoint.looked_at,
                        std::move(checkpoint.files));
  }

 public:
  void watch() {
    std::vector<FollowedSource> sources;
    for (const auto& pattern : patterns_)
      sources.push_back({tree.path(pattern), false});
    follower->watch(std::move(sources), {}, host_dirs);
  }

 private:
  std::vector<std::string> patterns_;
};

}  // namespace openclaw_lock
