// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/locks/lock_file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "exporter/system/clock.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

Result<LockFile> describe(const struct stat& found) {
  if (!S_ISREG(found.st_mode))
    return Problem{Fault::malformed, "", "not a regular file"};
  LockFile file;
  file.identity.inode = found.st_ino;
  // Wraps around beyond the year 2262, which tells files apart as well.
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  file.identity.mtime_ns = static_cast<std::int64_t>(
      static_cast<std::uint64_t>(found.st_mtim.tv_sec) * kNanoseconds +
      static_cast<std::uint64_t>(found.st_mtim.tv_nsec));
  file.modified_at = modified_at(found);
  file.size = found.st_size;
  return file;
}

Result<std::string> read_body(const UniqueFd& file) {
  std::array<char, kMaxLockBytes + 1> body;
  std::size_t size = 0;
  while (size < body.size()) {
    const auto got = ::read(file.get(), body.data() + size, body.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_problem(errno, "");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMaxLockBytes)
    return Problem{Fault::too_big, "lock", "longer than 4096 bytes"};
  return std::string{body.data(), size};
}

Result<LockClaim> read_claim(const UniqueFd& file) {
  const auto body = read_body(file);
  if (!body) return body.problem();
  auto claim = parse_lock_claim(*body);
  // The writer's zone is most likely ours.
  if (claim && claim->created_in_local_time)
    claim->created_at = from_local_time(*claim->created_at);
  return claim;
}

UniqueFd open_lock(const UniqueFd& directory, const std::string& name) {
  return UniqueFd{
      ::openat(directory.get(), name.c_str(),
               O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)};
}

}  // namespace

Result<LockFile> stat_lock_file(const UniqueFd& directory,
                                const std::string& name) {
  struct stat found {};
  if (::fstatat(directory.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) !=
      0)
    return system_problem(errno, "");
  return describe(found);
}

Result<LockFile> read_lock_file(const UniqueFd& directory,
                                const std::string& name) {
  // A device or FIFO may do harm when it is opened at all.
  const auto before = stat_lock_file(directory, name);
  if (!before) return before.problem();
  const auto file = open_lock(directory, name);
  if (!file) {
    const auto problem = system_problem(errno, "");
    if (problem.fault == Fault::missing) return problem;
    auto unreadable = *before;
    unreadable.claim = problem;
    return unreadable;
  }
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return system_problem(errno, "");
  auto described = describe(found);
  if (!described) return described;
  described->claim = described->size > static_cast<std::int64_t>(kMaxLockBytes)
                         ? Problem{Fault::too_big, "", "longer than 4096 bytes"}
                         : read_claim(file);
  return described;
}

Result<std::string> read_lock_text(const UniqueFd& directory,
                                   const std::string& name) {
  const auto before = stat_lock_file(directory, name);
  if (!before) return before.problem();
  const auto file = open_lock(directory, name);
  if (!file) return system_problem(errno, "");
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return system_problem(errno, "");
  const auto described = describe(found);
  return described ? read_body(file) : described.problem();
}

}  // namespace openclaw_lock
