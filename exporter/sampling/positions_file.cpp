// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/positions_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <utility>

#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr mode_t kMode = 0600;  // it holds paths of locks and session keys
constexpr std::size_t kPiece = std::size_t{64} << 10;
/// Not counted where it is asked whether writing it anew is worth it.
constexpr std::uint64_t kSlack = std::uint64_t{1} << 20;

bool write_at(const UniqueFd& file, std::string_view text,
              std::uint64_t offset) {
  while (!text.empty()) {
    const auto written = ::pwrite(file.get(), text.data(), text.size(),
                                  static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return true;
}

bool sync_directory(const std::filesystem::path& path) {
  const auto directory = open_directory(path);
  return directory && ::fsync(directory->get()) == 0;
}

bool has_mode(const UniqueFd& file) {
  struct stat found {};
  return ::fstat(file.get(), &found) == 0 &&
         ((found.st_mode & 07777) == kMode || ::fchmod(file.get(), kMode) == 0);
}

/// Fills a new file through a small buffer.
class Appender {
 public:
  explicit Appender(const UniqueFd& file) : file_{file} {}

  PositionSpan add(std::string_view line) {
    const PositionSpan span{offset_ + text_.size(), line.size()};
    text_ += line;
    if (text_.size() >= kPiece) flush();
    return span;
  }
  bool flush() {
    ok_ = ok_ && write_at(file_, text_, offset_);
    offset_ += text_.size();
    text_.clear();
    return ok_;
  }
  std::uint64_t offset() const { return offset_; }

 private:
  const UniqueFd& file_;
  std::string text_;
  std::uint64_t offset_ = 0;
  bool ok_ = true;
};

PositionRecord record_of(const PositionChange& change) {
  return {change.kind, change.gateway, change.body};
}

std::string line_of(const PositionChange& change) {
  return encode_position_record(change.kind, change.gateway, change.body);
}

}  // namespace

Result<std::string> read_position(const UniqueFd& file, PositionSpan span) {
  std::string line(span.length, '\0');
  std::size_t done = 0;
  while (done < line.size()) {
    const auto got = ::pread(file.get(), line.data() + done, line.size() - done,
                             static_cast<off_t>(span.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_problem(errno, "log positions");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  if (done < line.size() || line.empty() || line.back() != '\n')
    return Problem{Fault::malformed, "log positions", "has been cut"};
  line.pop_back();
  return line;
}

Result<PositionsFile> PositionsFile::open(std::filesystem::path directory) {
  PositionsFile positions{std::move(directory)};
  if (auto problem = positions.scan()) return *std::move(problem);
  return positions;
}

std::optional<Problem> PositionsFile::scan() {
  auto opened = open_regular_file(path(), O_RDWR | O_NOFOLLOW);
  if (!opened && opened.problem().fault == Fault::missing) return {};
  if (!opened) return opened.problem();
  auto file = *std::move(opened);
  PositionScan scan;
  std::string buffer(kPiece, '\0');
  for (std::uint64_t offset = 0;;) {
    const auto got = ::pread(file.get(), buffer.data(), buffer.size(),
                             static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_problem(errno, path());
    if (got == 0) break;
    scan.feed(
        std::string_view{buffer}.substr(0, static_cast<std::size_t>(got)));
    offset += static_cast<std::uint64_t>(got);
  }
  end_ = scan.end();
  is_damaged_ = !scan.is_known() || scan.damaged() > 0 || scan.is_cut_short();
  is_suspect_ = is_damaged_;
  index_ = scan.take_index();
  file_ = std::make_shared<const UniqueFd>(std::move(file));
  return {};
}

/// It may have a torn end, or have been removed or changed by somebody else.
bool PositionsFile::wants_rewrite(std::size_t more) const {
  struct stat own {};
  struct stat named {};
  if (is_suspect_ || !file_ || ::fstat(file_->get(), &own) != 0 ||
      ::lstat(path().c_str(), &named) != 0)
    return true;
  return own.st_ino != named.st_ino || own.st_dev != named.st_dev ||
         static_cast<std::uint64_t>(own.st_size) != end_ ||
         end_ + more > 2 * index_.live_bytes() + kSlack;
}

std::optional<Problem> PositionsFile::write(
    const std::vector<PositionChange>& changes) {
  fresh_file_.reset();
  spans_.clear();
  std::string lines;
  for (const auto& change : changes) {
    const auto line = line_of(change);
    spans_.push_back({end_ + lines.size(), line.size()});
    lines += line;
  }
  return wants_rewrite(lines.size()) ? rewrite(changes) : append(lines);
}

std::optional<Problem> PositionsFile::append(const std::string& lines) {
  if (!write_at(*file_, lines, end_)) {
    const int error = errno;
    [[maybe_unused]] const int cut =
        ::ftruncate(file_->get(), static_cast<off_t>(end_));
    // Written anew it may fit where it has no room to grow.
    is_suspect_ = true;
    return system_problem(error, path());
  }
  if (::fdatasync(file_->get()) != 0) {
    is_suspect_ = true;
    return system_problem(errno, path());
  }
  end_ += lines.size();
  return {};
}

std::optional<Problem> PositionsFile::rewrite(
    const std::vector<PositionChange>& changes) {
  // Always the same name: what a killed exporter left is written over.
  const auto temporary = path() + ".tmp";
  auto opened = open_regular_file(
      temporary, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW, kMode);
  if (!opened) {
    // The directory is ours: next time it is gone.
    if (opened.problem().fault == Fault::malformed) ::unlink(temporary.c_str());
    return opened.problem();
  }
  auto fresh = *std::move(opened);
  if (auto problem = fill(fresh, changes)) {
    ::unlink(temporary.c_str());
    return problem;
  }
  if (std::rename(temporary.c_str(), path().c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return system_problem(error, path());
  }
  // What is appended next must not be lost with the new name.
  is_suspect_ = !sync_directory(directory_);
  if (is_suspect_) return system_problem(errno, path());
  fresh_file_ = std::make_shared<const UniqueFd>(std::move(fresh));
  return {};
}

std::optional<Problem> PositionsFile::fill(
    const UniqueFd& fresh, const std::vector<PositionChange>& changes) {
  fresh_index_ = {};
  spans_.clear();
  Appender appender{fresh};
  appender.add(kPositionsHeader);
  for (const auto& [gateway, entry] : index_.entries())
    for (const auto& span : {entry.first_seen, entry.checkpoint}) {
      if (!span) continue;
      auto line = read_position(*file_, *span);
      if (!line && line.problem().fault != Fault::malformed)
        return Problem{line.problem().fault, path(), line.problem().detail};
      const auto record = line ? decode_position_record(*line)
                               : Result<PositionRecord>{line.problem()};
      if (record && record->gateway == gateway)
        fresh_index_.add(*record, appender.add(*line + '\n'));
    }
  for (const auto& change : changes)
    fresh_index_.add(record_of(change), appender.add(line_of(change)));
  if (!appender.flush() || !has_mode(fresh) || ::fsync(fresh.get()) != 0)
    return system_problem(errno, path());
  end_ = appender.offset();
  return {};
}

void PositionsFile::adopt(const std::vector<PositionChange>& changes) {
  if (fresh_file_) {
    file_ = std::exchange(fresh_file_, {});
    index_ = std::exchange(fresh_index_, {});
    is_damaged_ = false;
    return;
  }
  for (std::size_t i = 0; i < changes.size() && i < spans_.size(); ++i)
    index_.add(record_of(changes[i]), spans_[i]);
}

}  // namespace openclaw_lock
