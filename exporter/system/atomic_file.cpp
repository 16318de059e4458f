// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

bool write_all(const UniqueFd& file, std::string_view text, mode_t mode) {
  while (!text.empty()) {
    const auto written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return false;
  // A confined writer may not change modes, and has no umask that it had to.
  const bool has_mode = (found.st_mode & 07777) == mode;
  return (has_mode || ::fchmod(file.get(), mode) == 0) &&
         ::fsync(file.get()) == 0;
}

}  // namespace

std::optional<Problem> write_atomically(const std::filesystem::path& path,
                                        std::string_view text, mode_t mode) {
  // In its place nobody would find a device again.
  if (auto problem = find_irregular(path)) return problem;
  // Always the same name: what a killed exporter left is written over.
  const auto temporary = path.native() + ".tmp";
  const auto file = open_regular_file(
      temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
  if (!file) {
    auto problem = file.problem();
    if (problem.fault != Fault::malformed) problem.where = path.string();
    return problem;
  }
  if (!write_all(*file, text, mode) ||
      std::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return system_problem(error, path.string());
  }
  return {};
}

}  // namespace openclaw_lock
