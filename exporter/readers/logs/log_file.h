// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/fleet/source_health.h"
#include "core/logs/log_checkpoint.h"
#include "core/logs/log_decoder.h"
#include "core/logs/log_intake.h"
#include "exporter/readers/logs/log_listing.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Bytes as they are read: one buffer a thread, for all logs that it reads.
/// Grows to hold a line of kMaxLogLineBytes, no further.
class LogBuffer {
 public:
  static constexpr std::size_t kUsualBytes = std::size_t{256} << 10;

  static LogBuffer& of_this_thread();

  /// Reads at `offset` what fits, once.
  Result<std::string_view> read(const UniqueFd& file, std::uint64_t offset);

  std::size_t size() const { return size_; }
  /// False where it has grown already.
  bool grow();

  /// The memory of large reads back to the system.
  void give_back();

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = kUsualBytes;
  std::size_t used_ = 0;  ///< most of a read since give_back()
};

/// How far reading came.
enum class ReadState {
  at_end,    ///< all whole lines were taken
  paused,    ///< there is more; the caller wanted to do something else
  changed,   ///< it is no longer the log that it was: truncated, or replaced
  unsteady,  ///< it changed while it was read, and nothing of it was taken
};

/// One log file, followed by its inode: read from a position on, line by line.
/// Every read proves that what stands before the position is still what was
/// read there.
class LogFile {
 public:
  using Pause = std::function<bool()>;

  LogFile(LogPosition position, bool shared);

  const LogPosition& position() const { return position_; }
  LogFileId id() const { return {position_.device, position_.inode}; }
  const std::string& path() const { return position_.path; }
  /// Where it is opened.
  const std::string& place() const {
    return rooted_ ? rooted_->path : position_.path;
  }
  bool is_open() const { return static_cast<bool>(fd_); }
  LineFormat format() const;  ///< openclaw_json until another is proven

  /// Opens it where it is listed now. A problem where that is not the file.
  std::optional<Problem> open(const ListedLog& listed);
  void close() { fd_ = {}; }

  /// It has got another name.
  void rename(const ListedLog& listed);
  void set_shared(bool shared) { shared_ = shared; }

  /// What was read of it is of no format that is known.
  bool is_unrecognised() const { return decoder_.is_lost(); }

  /// Whether the listing shows something that was not read yet.
  bool has_news(const ListedLog& listed) const;

  /// To the beginning of the line that is being written, or past the end.
  std::optional<Problem> start_at_end(LogBuffer& buffer);

  /// To its end, for a log that cannot be read now.
  void start_behind(std::uint64_t size);

  /// To the first byte that is there.
  void start_over();

  /// Learns format and state of the decoder from what stands before the
  /// position; counts nothing.
  std::optional<Problem> warm_up(LogBuffer& buffer);

  Result<ReadState> read_on(LogBuffer& buffer, LogIntake& intake, WallTime now,
                            const Pause& pause);

  /// Whether the open file `other` holds this log up to the position.
  bool is_continued_by(const UniqueFd& other) const;
  /// Whether this log begins with all of the open file `other`, judged by its
  /// end; empty where this log cannot be read, or is another by now.
  std::optional<bool> begins_with(const UniqueFd& other) const;
  /// is_continued_by its own file, newly opened; true where nothing is known.
  bool is_unchanged() const;

  /// Whether the file still is the log that was read so far; undecided where
  /// there is something and nothing was read yet, same where it is gone.
  Likeness likeness_now() const;

  /// The same log in another file. This one is to start over.
  LogFile moved_to(const ListedLog& listed, UniqueFd fd);

  std::uint64_t size() const { return size_; }  ///< when last looked at
  std::uint64_t unread_bytes() const;
  bool is_deleted() const { return links_ == 0; }  ///< when last looked at
  bool is_at_end() const { return at_end_; }
  MonotonicTime grew_at() const { return grew_at_; }  ///< or was opened

 private:
  LogOrigin origin() const;
  /// Takes the lines at the front of `data`; how many bytes are done with.
  std::size_t take(std::string_view data, LogIntake& intake, WallTime now);
  bool is_proven_by(std::string_view bytes, std::uint64_t behind,
                    bool with_head) const;
  bool still_stands(std::string_view bytes, std::uint64_t start) const;
  const UniqueFd* descriptor(UniqueFd& opened) const;
  bool stands_before_position(const UniqueFd& file) const;
  void align();
  void refresh_head();

  LogPosition position_;
  std::optional<RootedPath> rooted_;  ///< see FoundLog
  bool shared_;
  UniqueFd fd_;
  LogDecoder decoder_;
  std::uint64_t size_ = 0;   ///< when last looked at
  std::uint64_t links_ = 1;  ///< names, then
  bool at_end_ = false;      ///< of what had these:
  std::uint64_t seen_size_ = 0;
  std::int64_t mtime_ns_ = 0;
  MonotonicTime grew_at_{};
};

/// The first bytes of a file, at most HeadFingerprint::kMaxBytes.
Result<std::string> read_head(const UniqueFd& file);

/// Opens a log for reading; problems name `path`. `rooted`: see FoundLog.
Result<UniqueFd> open_log(const std::string& path,
                          const std::optional<RootedPath>& rooted,
                          LogFileId id);

/// When a file was made; empty where its file system does not keep it.
std::optional<WallTime> birth_of(const UniqueFd& file);

}  // namespace openclaw_lock
