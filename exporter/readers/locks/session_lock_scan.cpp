// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/locks/session_lock_scan.h"

#include <sys/stat.h>

#include "core/locks/lock_assessment.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

/// A holder creates the lock, then writes it.
constexpr std::chrono::milliseconds kWritingGrace{5000};

/// Names the directory and the inode: a lock's name is a session's.
Problem at_lock(const Problem& problem, const std::string& directory,
                std::uint64_t inode) {
  auto where = directory;
  if (inode != 0) where += " inode " + std::to_string(inode);
  return {problem.fault, std::move(where), "lock file: " + problem.detail};
}

bool is_being_written(const LockFile& file, WallTime now) {
  return file.claim.problem().fault == Fault::malformed &&
         now - file.modified_at < kWritingGrace;
}

/// Names of the locks, or the problem that kept them from being listed.
Result<std::vector<std::string>> list_names(const UniqueFd& directory) {
  std::vector<std::string> names;
  const auto listed =
      list_directory(directory, [&](std::string_view name, unsigned char) {
        if (lock_kind(name)) names.emplace_back(name);
        return names.size() <= kMaxLocks;
      });
  if (!listed) return listed.problem();
  if (names.size() > kMaxLocks)
    return Problem{Fault::too_big, "", "more than 65536 locks"};
  return names;
}

}  // namespace

Result<LockFile> SessionLockScan::look(const UniqueFd& directory,
                                       const std::string& name) {
  auto file = stat_lock_file(directory, name);
  if (!file) return file;
  const auto known = known_.find(name);
  const bool unchanged = known != known_.end() && known->second.claim &&
                         known->second.identity == file->identity &&
                         known->second.size == file->size;
  return unchanged ? known->second : read_lock_file(directory, name);
}

SessionLocks SessionLockScan::scan(
    const std::string& path, bool followed,
    const std::optional<WallTime>& sqlite_gateway_at, const WallClock& clock) {
  SessionLocks found;
  struct stat before {};
  if (followed && sqlite_gateway_at == sqlite_gateway_at_ &&
      ::stat(path.c_str(), &before) == 0 && stamp_.holds(before, clock())) {
    found.complete = true;
    found.leftover_files = leftover_files_;
    return found;
  }
  stamp_ = {};
  const auto directory = open_directory(path);
  const bool has_stamp = directory && ::fstat(directory->get(), &before) == 0;
  const auto began = clock();
  const auto names = directory ? list_names(*directory) : directory.problem();
  if (!names) {
    found.problems.push_back(
        {names.problem().fault, path, names.problem().detail});
    return found;
  }
  found.complete = true;
  std::map<std::string, LockFile> read;
  for (const auto& name : *names) {
    auto file = look(*directory, name);
    if (!file) {
      if (file.problem().fault != Fault::missing)
        found.problems.push_back(at_lock(file.problem(), path, 0));
      continue;
    }
    const auto now = clock();
    const std::optional<LockClaim> claim =
        file->claim ? std::optional{*file->claim} : std::nullopt;
    if (is_leftover(acquired_at(claim, file->modified_at, now),
                    sqlite_gateway_at)) {
      ++found.leftover_files;
      continue;
    }
    if (!claim && !is_being_written(*file, now))
      found.problems.push_back(
          at_lock(file->claim.problem(), path, file->identity.inode));
    found.locks.push_back({name, file->identity, file->modified_at, claim});
    read.insert_or_assign(name, std::move(*file));
  }
  known_ = std::move(read);
  leftover_files_ = found.leftover_files;
  sqlite_gateway_at_ = sqlite_gateway_at;
  if (has_stamp && found.locks.empty() && found.problems.empty())
    stamp_ = {before, began};
  return found;
}

}  // namespace openclaw_lock
