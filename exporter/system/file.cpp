// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/file.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "exporter/system/limits.h"

namespace openclaw_lock {

Fault fault_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ESRCH:
    case EOPNOTSUPP:
      return Fault::missing;
    case EACCES:
    case EPERM:
      return Fault::denied;
    case ELOOP:
    case ENAMETOOLONG:
      return Fault::malformed;
    case ETIMEDOUT:
      return Fault::timeout;
    default:
      return Fault::io;
  }
}

Problem system_problem(int error, std::string where) {
  return {fault_of(error), std::move(where), describe_error(error)};
}

namespace {

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

std::optional<Problem> refuse_irregular(const struct stat& found,
                                        const std::filesystem::path& path) {
  if (S_ISREG(found.st_mode)) return {};
  return Problem{Fault::malformed, path.string(),
                 std::string{kind_of(found.st_mode)} + ", not a regular file"};
}

std::optional<Problem> refuse_irregular(const UniqueFd& file,
                                        const std::filesystem::path& path) {
  struct stat found {};
  if (::fstat(file.get(), &found) != 0)
    return system_problem(errno, path.string());
  return refuse_irregular(found, path);
}

std::optional<Problem> read_pieces(
    const UniqueFd& file, const std::filesystem::path& path,
    std::size_t max_bytes, const std::function<void(std::string_view)>& visit) {
  std::size_t size = 0;
  std::array<char, 16384> chunk;
  for (;;) {
    const auto got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_problem(errno, path.string());
    if (got == 0) return {};
    size += static_cast<std::size_t>(got);
    if (size > max_bytes)
      return Problem{Fault::too_big, path.string(),
                     "longer than " + std::to_string(max_bytes) + " bytes"};
    visit({chunk.data(), static_cast<std::size_t>(got)});
  }
}

Result<std::string> read_all(const UniqueFd& file,
                             const std::filesystem::path& path,
                             std::size_t max_bytes) {
  std::string text;
  auto problem = read_pieces(file, path, max_bytes,
                             [&](std::string_view piece) { text += piece; });
  if (problem) return *std::move(problem);
  return text;
}

}  // namespace

Result<std::string> read_small_file(const std::filesystem::path& path,
                                    std::size_t max_bytes) {
  const UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (!file) return system_problem(errno, path.string());
  return read_all(file, path, max_bytes);
}

std::optional<Problem> read_pieces(
    const std::filesystem::path& path, std::size_t max_bytes,
    const std::function<void(std::string_view)>& visit) {
  const UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (!file) return system_problem(errno, path.string());
  return read_pieces(file, path, max_bytes, visit);
}

std::optional<Problem> find_irregular(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return refuse_irregular(found, path);
}

Result<UniqueFd> open_regular_file(const std::filesystem::path& path, int flags,
                                   mode_t mode) {
  // To open a device may do something already.
  if (auto problem = find_irregular(path)) return *std::move(problem);
  UniqueFd file{
      ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode)};
  if (!file) return system_problem(errno, path.string());
  if (auto problem = refuse_irregular(file, path)) return *std::move(problem);
  return file;
}

Result<std::string> read_regular_file(const std::filesystem::path& path,
                                      std::size_t max_bytes) {
  const auto file = open_regular_file(path, O_RDONLY);
  return file ? read_all(*file, path, max_bytes) : file.problem();
}

Result<std::string> read_regular_file(const UniqueFd& opened,
                                      const std::filesystem::path& path,
                                      std::size_t max_bytes) {
  if (auto problem = refuse_irregular(opened, path)) return *std::move(problem);
  return read_all(opened, path, max_bytes);
}

WallTime modified_at(const struct stat& found) {
  constexpr std::int64_t kFirst = INT64_C(-62135596800);
  constexpr std::int64_t kLast = INT64_C(253402300799);
  const std::int64_t seconds = found.st_mtim.tv_sec;
  return WallTime{
      std::chrono::milliseconds{std::clamp(seconds, kFirst, kLast) * 1000 +
                                found.st_mtim.tv_nsec / 1'000'000}};
}

namespace {

std::int64_t in_ns(const timespec& time) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(time.tv_sec) *
                                       1'000'000'000 +
                                   static_cast<std::uint64_t>(time.tv_nsec));
}

}  // namespace

std::int64_t mtime_in_ns(const struct stat& found) {
  return in_ns(found.st_mtim);
}

std::int64_t ctime_in_ns(const struct stat& found) {
  return in_ns(found.st_ctim);
}

Result<UniqueFd> open_directory(const std::filesystem::path& path) {
  UniqueFd directory{
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)};
  if (!directory) return system_problem(errno, path.string());
  return directory;
}

Result<bool> list_directory(
    const UniqueFd& directory,
    const std::function<bool(std::string_view, unsigned char)>& visit) {
  const int copy = ::fcntl(directory.get(), F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return system_problem(errno, "directory");
  const std::unique_ptr<DIR, int (*)(DIR*)> stream{::fdopendir(copy),
                                                   &::closedir};
  if (!stream) {
    const int error = errno;
    ::close(copy);
    return system_problem(error, "directory");
  }
  ::rewinddir(stream.get());
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (!entry && errno != 0) return system_problem(errno, "directory");
    if (!entry) return true;
    const std::string_view name{entry->d_name};
    if (name == "." || name == "..") continue;
    if (!visit(name, entry->d_type)) return true;
  }
}

Result<std::string> path_of(const UniqueFd& descriptor) {
  std::array<char, 4096> target;
  const auto link = "/proc/self/fd/" + std::to_string(descriptor.get());
  const auto length = ::readlink(link.c_str(), target.data(), target.size());
  if (length < 0) return system_problem(errno, "path");
  if (static_cast<std::size_t>(length) == target.size())
    return Problem{Fault::too_big, "path", "longer than 4095 bytes"};
  return std::string{target.data(), static_cast<std::size_t>(length)};
}

}  // namespace openclaw_lock
