// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/log_listing.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace openclaw_lock {

LogSources::LogSources(std::vector<FollowedSource> sources,
                       std::optional<uid_t> owner,
                       std::vector<std::string> host_dirs,
                       PatternListers& listers)
    : sources_{std::move(sources)},
      owner_{owner},
      host_dirs_{std::move(host_dirs)} {
  for (const auto& source : sources_)
    listers_.push_back(listers.of(source.pattern));
  for (const auto& dir : host_dirs_)
    if (auto profile = encode_profile(profile_of_state_dir(dir));
        !profile.empty())
      profiles_.insert(std::move(profile));
}

bool LogSources::is_shared(const ListedLog& log) const {
  return sources_[log.source].shared && !profiles_.contains(log.profile);
}

bool LogSources::is_own(const ListedLog& log) const {
  return log.is_container || !is_shared(log);
}

bool LogSources::is_foreign(const FoundLog& log,
                            const KnownPlaces* places) const {
  if (owner_ && log.owner != *owner_) return true;
  return places && !log.profile.empty() && !profiles_.contains(log.profile) &&
         places->profiles.contains(log.profile);
}

/// Null: a log that a gateway's configuration names may be read.
const char* LogSources::why_denied(const FoundLog& log) const {
  if (log.is_link) return "logging.file is a symbolic link";
  if (owner_ != log.owner)
    return "logging.file is of another user than its gateway";
  return log.names > 1 ? "logging.file has a second name" : nullptr;
}

LogListing LogSources::list(MonotonicTime now,
                            std::chrono::milliseconds max_age,
                            std::size_t max_files, const Gate& gate,
                            const KnownPlaces* places) const {
  LogListing listing;
  auto& [files, left_out, all_unseen, problems] = listing;
  std::set<LogFileId> seen;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto found = listers_[i]->list(now, max_age, host_dirs_, gate);
    auto& unseen = all_unseen.emplace_back();
    for (auto& problem : found.unseen) {
      unseen.insert(problem.where);
      problems.push_back(std::move(problem));
    }
    for (auto& problem : found.other) problems.push_back(std::move(problem));
    std::optional<Problem> denied;
    bool any = false;
    for (auto& log : found.files) {
      if (const auto* why = sources_[i].named ? why_denied(log) : nullptr) {
        if (!denied) denied = Problem{Fault::denied, log.path, why};
        continue;
      }
      any = true;
      const bool is_left_out = sources_[i].shared && is_foreign(log, places);
      if (!is_left_out && seen.insert(log.id).second)
        files.push_back({std::move(log), i});
    }
    if (denied && !any) problems.push_back(*std::move(denied));
  }
  if (files.size() > max_files) {
    std::sort(files.begin(), files.end(), [this](const auto& a, const auto& b) {
      return std::tuple{is_own(b), b.mtime_ns} <
             std::tuple{is_own(a), a.mtime_ns};
    });
    const auto first_out =
        files.begin() + static_cast<std::ptrdiff_t>(max_files);
    left_out.assign(std::make_move_iterator(first_out),
                    std::make_move_iterator(files.end()));
    files.erase(first_out, files.end());
    problems.push_back({Fault::too_big, "logs",
                        "only " + std::to_string(max_files) +
                            " logs are followed, own ones first, then those "
                            "written last"});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
    return std::tie(a.is_rotated, a.path) < std::tie(b.is_rotated, b.path);
  });
  return listing;
}

}  // namespace openclaw_lock
