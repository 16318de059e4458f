// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <tuple>

#include "exporter/system/clock.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kLargestBuffer =
    kMaxLogLineBytes + TailFingerprint::kMaxBytes + (std::size_t{64} << 10);
/// What a thread keeps between rounds.
constexpr std::size_t kKeptBytes = std::size_t{16} << 10;
/// Enough for the longest reply that the console text decoder looks back on.
constexpr std::uint64_t kWarmUpBytes = std::uint64_t{64} << 10;

/// Behind the last newline; 0 where there is none.
std::size_t end_of_lines(std::string_view bytes) {
  const auto newline = bytes.rfind('\n');
  return newline == std::string_view::npos ? 0 : newline + 1;
}

/// One read: two could show two states of a file that is truncated meanwhile.
Result<std::string_view> read_at(const UniqueFd& file, std::uint64_t offset,
                                 char* buffer, std::size_t size) {
  for (;;) {
    const auto got =
        ::pread(file.get(), buffer, size, static_cast<off_t>(offset));
    if (got >= 0)
      return std::string_view{buffer, static_cast<std::size_t>(got)};
    if (errno != EINTR) return system_problem(errno, "log");
  }
}

}  // namespace

LogBuffer& LogBuffer::of_this_thread() {
  thread_local LogBuffer buffer;
  return buffer;
}

Result<std::string_view> LogBuffer::read(const UniqueFd& file,
                                         std::uint64_t offset) {
  // Not set to zeros: pages that no read fills cost nothing.
  if (!bytes_) bytes_ = std::make_unique_for_overwrite<char[]>(size_);
  auto bytes = read_at(file, offset, bytes_.get(), size_);
  if (bytes) used_ = std::max(used_, bytes->size());
  return bytes;
}

bool LogBuffer::grow() {
  if (size_ == kLargestBuffer) return false;
  size_ = kLargestBuffer;
  bytes_.reset();
  return true;
}

void LogBuffer::give_back() {
  if (used_ > kKeptBytes) bytes_.reset();
  size_ = kUsualBytes;
  used_ = 0;
}

Result<std::string> read_head(const UniqueFd& file) {
  std::string head(HeadFingerprint::kMaxBytes, '\0');
  const auto bytes = read_at(file, 0, head.data(), head.size());
  if (!bytes) return bytes.problem();
  head.resize(bytes->size());
  return head;
}

Result<UniqueFd> open_log(const std::string& path,
                          const std::optional<RootedPath>& rooted,
                          LogFileId id) {
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  UniqueFd file;
  if (rooted) {
    auto opened = open_rooted(*rooted, kFlags);
    if (!opened) return opened.problem();
    file = *std::move(opened);
  } else {
    file = UniqueFd{::open(path.c_str(), kFlags)};
  }
  if (!file) return system_problem(errno, path);
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return system_problem(errno, path);
  if (LogFileId{found.st_dev, found.st_ino} != id)
    return Problem{Fault::missing, path, "was replaced meanwhile"};
  return file;
}

std::optional<WallTime> birth_of(const UniqueFd& file) {
  struct statx found {};
  if (::statx(file.get(), "", AT_EMPTY_PATH, STATX_BTIME, &found) != 0 ||
      (found.stx_mask & STATX_BTIME) == 0)
    return {};
  return WallTime{std::chrono::seconds{found.stx_btime.tv_sec} +
                  std::chrono::duration_cast<WallTime::duration>(
                      std::chrono::nanoseconds{found.stx_btime.tv_nsec})};
}

LogFile::LogFile(LogPosition position, bool shared)
    : position_{std::move(position)},
      shared_{shared},
      decoder_{position_.layout} {}

LineFormat LogFile::format() const {
  return decoder_.layout().line.value_or(LineFormat::openclaw_json);
}

std::optional<Problem> LogFile::open(const ListedLog& listed) {
  auto file = open_log(listed.path, listed.rooted, listed.id);
  if (!file) return file.problem();
  fd_ = *std::move(file);
  rename(listed);
  grew_at_ = monotonic_now();
  return {};
}

void LogFile::rename(const ListedLog& listed) {
  position_.path = listed.path;
  rooted_ = listed.rooted;
}

bool LogFile::has_news(const ListedLog& listed) const {
  return !at_end_ || listed.size != seen_size_ || listed.mtime_ns != mtime_ns_;
}

std::optional<Problem> LogFile::start_at_end(LogBuffer& buffer) {
  struct stat found {};
  if (::fstat(fd_.get(), &found) != 0) return system_problem(errno, path());
  const auto size = static_cast<std::uint64_t>(found.st_size);
  const auto start = size - std::min(size, kWarmUpBytes);
  const auto bytes = buffer.read(fd_, start);
  if (!bytes) return bytes.problem();
  const auto behind = bytes->substr(0, size - start);
  const auto lines = behind.substr(0, end_of_lines(behind));
  position_.mid_line = lines.empty() && start > 0;
  const auto done = position_.mid_line ? behind : lines;
  position_.offset = start + done.size();
  position_.tail = fingerprint_tail(done);
  refresh_head();
  return {};
}

void LogFile::start_behind(std::uint64_t size) {
  position_.offset = size;
  position_.mid_line = size > 0;
}

void LogFile::start_over() {
  LogPosition fresh;
  fresh.path = position_.path;
  fresh.device = position_.device;
  fresh.inode = position_.inode;
  fresh.layout = position_.layout;
  position_ = fresh;
  decoder_ = LogDecoder{fresh.layout};
  at_end_ = false;
  // A writer that does not append leaves a hole behind a truncation.
  const auto data = fd_ ? ::lseek(fd_.get(), 0, SEEK_DATA) : 0;
  if (data > 0) position_.offset = static_cast<std::uint64_t>(data);
}

std::optional<Problem> LogFile::warm_up(LogBuffer& buffer) {
  const bool has_state = decoder_.layout().line != LineFormat::openclaw_json;
  if (!has_state || position_.offset == 0) return {};
  const auto start =
      position_.offset - std::min(position_.offset, kWarmUpBytes);
  const auto bytes = buffer.read(fd_, start);
  if (!bytes) return bytes.problem();
  auto lines = bytes->substr(0, position_.offset - start);
  if (start > 0)
    lines.remove_prefix(std::min(lines.find('\n'), lines.size() - 1) + 1);
  lines = lines.substr(0, end_of_lines(lines));
  LineCounts ignored{};
  decoder_.decode(
      lines, ignored, [](const LogEvent&, LogSource) {}, wall_time_now());
  position_.layout = decoder_.layout();
  return {};
}

/// Whether what stood before the position stands there in `file`. What was read
/// of its own file before is then of the same log.
bool LogFile::stands_before_position(const UniqueFd& file) const {
  const auto& tail = position_.tail;
  std::array<char, TailFingerprint::kMaxBytes> buffer{};
  const auto bytes =
      read_at(file, position_.offset - tail.length, buffer.data(), tail.length);
  return bytes && fingerprint_tail(*bytes) == tail;
}

/// For a position so far from the start that one read does not hold both.
void LogFile::refresh_head() {
  const auto head = read_head(fd_);
  if (head && stands_before_position(fd_))
    position_.head = fingerprint_head(*head);
}

bool LogFile::is_continued_by(const UniqueFd& other) const {
  const auto head = read_head(other);
  return head && compare_head(position_.head, *head) == Likeness::same &&
         stands_before_position(other);
}

/// Null where it cannot be opened. `opened` holds it where it was not.
const UniqueFd* LogFile::descriptor(UniqueFd& opened) const {
  if (fd_) return &fd_;
  auto file = open_log(path(), rooted_, id());
  if (!file) return nullptr;
  opened = *std::move(file);
  return &opened;
}

std::optional<bool> LogFile::begins_with(const UniqueFd& other) const {
  struct stat found {};
  if (::fstat(other.get(), &found) != 0) return {};
  const auto size = static_cast<std::uint64_t>(found.st_size);
  const auto length = std::min<std::uint64_t>(size, TailFingerprint::kMaxBytes);
  std::array<char, TailFingerprint::kMaxBytes> their_end{};
  const auto theirs = read_at(other, size - length, their_end.data(), length);
  if (!theirs || theirs->size() < length) return {};
  UniqueFd opened;
  const auto* own = descriptor(opened);
  if (own == nullptr) return {};
  std::array<char, TailFingerprint::kMaxBytes> our_part{};
  const auto ours = read_at(*own, size - length, our_part.data(), length);
  if (!ours) return {};
  if (*ours == *theirs) return true;
  if (!stands_before_position(*own)) return {};
  return false;
}

Likeness LogFile::likeness_now() const {
  UniqueFd opened;
  const auto* own = descriptor(opened);
  if (own == nullptr) return Likeness::same;
  if (position_.offset > 0)
    return stands_before_position(*own) ? Likeness::same : Likeness::other;
  const auto head = read_head(*own);
  if (!head || head->empty()) return Likeness::same;
  return position_.head.length == 0 ? Likeness::undecided
                                    : compare_head(position_.head, *head);
}

bool LogFile::is_unchanged() const {
  return position_.head.length == 0 || is_continued_by(fd_);
}

LogFile LogFile::moved_to(const ListedLog& listed, UniqueFd fd) {
  LogFile moved{position_, shared_};
  moved.decoder_ = std::move(decoder_);
  moved.fd_ = std::move(fd);
  moved.grew_at_ = monotonic_now();
  moved.rename(listed);
  moved.position_.device = listed.id.device;
  moved.position_.inode = listed.id.inode;
  return moved;
}

void LogFile::align() {
  char before = '\0';
  if (::pread(fd_.get(), &before, 1,
              static_cast<off_t>(position_.offset - 1)) == 1)
    position_.mid_line = before != '\n';
}

LogOrigin LogFile::origin() const {
  const auto& path = position_.path;
  return {shared_, id(), profile_of_log(path.substr(path.rfind('/') + 1))};
}

std::size_t LogFile::take(std::string_view data, LogIntake& intake,
                          WallTime now) {
  std::size_t skipped = 0;
  if (position_.mid_line) {
    const auto newline = data.find('\n');
    if (newline == std::string_view::npos) return data.size();
    position_.mid_line = false;
    skipped = newline + 1;
    data.remove_prefix(skipped);
  }
  // A hole before the first line; it may be longer than any line.
  const auto hole = std::min(data.find_first_not_of('\0'), data.size());
  skipped += hole;
  data.remove_prefix(hole);
  if (const auto lines = data.substr(0, end_of_lines(data)); !lines.empty()) {
    intake.take(lines, decoder_, origin(), now);
    position_.layout = decoder_.layout();
    return skipped + lines.size();
  }
  if (data.size() <= kMaxLogLineBytes) return skipped;
  intake.take_oversized();
  position_.mid_line = true;
  return skipped + data.size();
}

/// Whether `bytes`, of which `behind` stand before the position, show the log
/// that was read so far.
bool LogFile::is_proven_by(std::string_view bytes, std::uint64_t behind,
                           bool with_head) const {
  const auto& [head, tail] = std::tie(position_.head, position_.tail);
  if (bytes.size() < behind) return false;
  if (with_head && head.length > 0 &&
      compare_head(head, bytes) != Likeness::same)
    return false;
  return fingerprint_tail(bytes.substr(behind - tail.length, tail.length)) ==
         tail;
}

/// True where `bytes` still stand at `start`: the file was not truncated, and
/// filled again, while they were read.
bool LogFile::still_stands(std::string_view bytes, std::uint64_t start) const {
  std::array<char, TailFingerprint::kMaxBytes> buffer{};
  const auto front = bytes.substr(0, buffer.size());
  const auto again = read_at(fd_, start, buffer.data(), front.size());
  return again && *again == front;
}

Result<ReadState> LogFile::read_on(LogBuffer& buffer, LogIntake& intake,
                                   WallTime now, const Pause& pause) {
  for (;;) {
    struct stat found {};
    if (::fstat(fd_.get(), &found) != 0) return system_problem(errno, path());
    const auto size = static_cast<std::uint64_t>(found.st_size);
    links_ = found.st_nlink;
    if (at_end_ && size == seen_size_ && mtime_in_ns(found) == mtime_ns_)
      return ReadState::at_end;
    at_end_ = false;
    if (size < position_.offset) return ReadState::changed;
    if (position_.mid_line && position_.tail.length == 0) align();
    // Near the start hardly anything stands before the position that could
    // prove it: what the log begins with does.
    const bool with_head = position_.offset < HeadFingerprint::kMaxBytes;
    const auto behind =
        with_head ? position_.offset : std::uint64_t{position_.tail.length};
    const auto start = position_.offset - behind;
    const auto bytes = buffer.read(fd_, start);
    if (!bytes)
      return Problem{bytes.problem().fault, path(), bytes.problem().detail};
    if (!is_proven_by(*bytes, behind, with_head)) return ReadState::changed;
    if (!still_stands(*bytes, start))
      return behind == 0 ? ReadState::unsteady : ReadState::changed;
    // A round may be old when it comes here.
    const auto taken_at = std::max(now, wall_time_now());
    const auto done = take(bytes->substr(behind), intake, taken_at);
    size_ = size;
    position_.offset += done;
    position_.tail = fingerprint_tail(bytes->substr(0, behind + done));
    intake.count_bytes(done);
    if (done > 0) grew_at_ = monotonic_now();
    if (with_head)
      position_.head = fingerprint_head(*bytes);
    else if (position_.head.length < HeadFingerprint::kMaxBytes)
      refresh_head();
    const bool is_short = bytes->size() < buffer.size();
    if (is_short && (done == 0 || start + bytes->size() >= size)) {
      at_end_ = true;
      seen_size_ = size_;
      mtime_ns_ = mtime_in_ns(found);
      return ReadState::at_end;
    }
    // The next round would begin with a small buffer again.
    if (done == 0 && buffer.grow()) continue;
    if (pause()) return ReadState::paused;
  }
}

std::uint64_t LogFile::unread_bytes() const {
  return size_ - std::min(size_, position_.offset);
}

}  // namespace openclaw_lock
