// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/logs/position_records.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// A record to be written; see position_records.h.
struct PositionChange {
  PositionKind kind = PositionKind::checkpoint;
  std::string gateway;
  std::string body;
};

/// The file `positions` of a directory: appended to, and written anew where
/// less than half of it counts. A crash loses at most what write() has not
/// returned for.
///
/// One thread writes. Others may read lines of a file() that they hold, where
/// the index() of the same moment has them: it is only ever appended to.
class PositionsFile {
 public:
  /// Reads what is there; no file is no problem.
  static Result<PositionsFile> open(std::filesystem::path directory);

  /// Null where there is none.
  const std::shared_ptr<const UniqueFd>& file() const { return file_; }
  const PositionIndex& index() const { return index_; }

  /// Some lines could not be read; until it is written anew.
  bool is_damaged() const { return is_damaged_; }

  /// Makes the changes durable, all by one sync, and returns what kept it from
  /// that. index() shows nothing of them yet. After a problem the next write
  /// makes a new file.
  std::optional<Problem> write(const std::vector<PositionChange>& changes);

  /// Shows what the last write(), which had no problem, has written.
  void adopt(const std::vector<PositionChange>& changes);

  std::string path() const { return (directory_ / "positions").string(); }

 private:
  explicit PositionsFile(std::filesystem::path directory)
      : directory_{std::move(directory)} {}

  std::optional<Problem> scan();
  bool wants_rewrite(std::size_t more) const;
  std::optional<Problem> append(const std::string& lines);
  std::optional<Problem> rewrite(const std::vector<PositionChange>& changes);
  std::optional<Problem> fill(const UniqueFd& fresh,
                              const std::vector<PositionChange>& changes);

  std::filesystem::path directory_;
  std::shared_ptr<const UniqueFd> file_;
  PositionIndex index_;
  std::uint64_t end_ = 0;
  bool is_damaged_ = false;
  bool is_suspect_ = false;  ///< what stands in the file is not known for sure

  /// Of the last write().
  std::shared_ptr<const UniqueFd> fresh_file_;
  PositionIndex fresh_index_;
  std::vector<PositionSpan> spans_;  ///< of the changes
};

/// A record's line without its newline. Malformed where it is not there.
Result<std::string> read_position(const UniqueFd& file, PositionSpan span);

}  // namespace openclaw_lock
