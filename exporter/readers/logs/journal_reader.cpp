// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/journal_reader.h"

#include <systemd/sd-journal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/logs/line_joiner.h"
#include "core/logs/log_record.h"
#include "exporter/system/file.h"
#include "exporter/system/inotify.h"

namespace openclaw_lock {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxOpenLines = 16;
constexpr std::chrono::seconds kLongestUnlisted{60};  // without inotify

struct CloseJournal {
  void operator()(sd_journal* journal) const { sd_journal_close(journal); }
};
using Journal = std::unique_ptr<sd_journal, CloseJournal>;

/// sd-journal returns errno values below zero.
Problem journal_problem(int error) { return system_problem(-error, "journal"); }

Result<Journal> open_files(const std::string& directory);

class SystemdJournal final : public JournalReader {
 public:
  SystemdJournal(Journal journal, std::string unit, std::string directory,
                 Clock clock)
      : clock_{std::move(clock)},
        unit_{std::move(unit)},
        directory_{std::move(directory)},
        journal_{std::move(journal)},
        listed_at_{clock_()} {
    find_descriptor();
  }

  std::optional<Problem> seek_end() override;
  Result<bool> seek_after(const std::string& cursor) override;
  Result<bool> drain(std::size_t max_entries,
                     const std::function<void(ConsoleLine)>& visit) override;
  const std::string& cursor() const override { return cursor_; }
  int descriptor() const override { return descriptor_; }

  /// Stands behind the place of a cursor, with the unit's entries in sight.
  std::optional<Problem> stand_behind(const std::string& cursor);

 private:
  Result<std::string> newest_cursor();
  Result<std::string> current_cursor();
  void find_descriptor();
  std::optional<Problem> follow_files();
  std::optional<Problem> list_files_anew();
  int match_unit();
  Result<bool> has_entry(const std::string& cursor);
  bool is_read_already();
  int take_entry(const std::function<void(ConsoleLine)>& visit);
  void take_piece(std::string_view piece, bool is_cut, std::string_view stream,
                  const std::function<void(std::string_view)>& visit);
  int read_field(const char* name, std::string_view& value);

  const Clock clock_;
  const std::string unit_;
  const std::string directory_;  ///< empty: the machine's
  std::unique_ptr<InotifySlot> slot_;
  Journal journal_;
  int descriptor_ = -1;
  MonotonicTime listed_at_;
  std::string cursor_;
  std::string already_read_;  ///< cursor; may be the next entry's
  std::map<std::string, LineJoiner, std::less<>> open_;  ///< by `_STREAM_ID`
};

std::optional<Problem> SystemdJournal::seek_end() {
  if (auto problem = follow_files()) return problem;
  const auto newest = newest_cursor();
  auto problem = stand_behind(newest ? *newest : std::string{cursor_});
  if (!newest) return newest.problem();
  return problem;
}

/// Of whatever unit; empty where there is no entry. Moves.
Result<std::string> SystemdJournal::newest_cursor() {
  sd_journal_flush_matches(journal_.get());
  int found = sd_journal_seek_tail(journal_.get());
  if (found >= 0) found = sd_journal_previous(journal_.get());
  if (found < 0) return journal_problem(found);
  if (found == 0) return std::string{};
  return current_cursor();
}

Result<bool> SystemdJournal::seek_after(const std::string& cursor) {
  if (const auto problem = follow_files()) return *problem;
  auto exact = has_entry(cursor);
  auto problem = stand_behind(exact ? cursor : std::string{cursor_});
  if (exact && problem) return *problem;
  return exact;
}

std::optional<Problem> SystemdJournal::stand_behind(const std::string& cursor) {
  open_.clear();
  int error = match_unit();
  if (error >= 0)
    error = cursor.empty()
                ? sd_journal_seek_head(journal_.get())
                : sd_journal_seek_cursor(journal_.get(), cursor.c_str());
  if (error < 0) return journal_problem(error);
  cursor_ = cursor;
  already_read_ = cursor;
  return {};
}

Result<std::string> SystemdJournal::current_cursor() {
  char* text = nullptr;
  const int error = sd_journal_get_cursor(journal_.get(), &text);
  if (error < 0) return journal_problem(error);
  std::string cursor{text};
  std::free(text);
  return cursor;
}

/// It lists the files once more, so that none is missed that came before.
void SystemdJournal::find_descriptor() {
  auto slot = InotifySlot::take();
  if (!slot) return;
  descriptor_ = std::max(-1, sd_journal_get_fd(journal_.get()));
  if (descriptor_ >= 0) slot_ = *std::move(slot);
}

/// Before each reading: a file that is not known yet may hold entries older
/// than those of the files that are, and reading never turns back.
std::optional<Problem> SystemdJournal::follow_files() {
  if (descriptor_ < 0) find_descriptor();
  if (descriptor_ < 0 && clock_() - listed_at_ >= kLongestUnlisted)
    return list_files_anew();
  sd_journal_process(journal_.get());
  return {};
}

std::optional<Problem> SystemdJournal::list_files_anew() {
  listed_at_ = clock_();
  auto journal = open_files(directory_);
  if (!journal) return journal.problem();
  journal_ = *std::move(journal);
  return stand_behind(std::string{cursor_});
}

int SystemdJournal::match_unit() {
  sd_journal_flush_matches(journal_.get());
  const auto system = "_SYSTEMD_UNIT=" + unit_;
  const auto user = "_SYSTEMD_USER_UNIT=" + unit_;
  int error =
      sd_journal_add_match(journal_.get(), system.data(), system.size());
  if (error >= 0) error = sd_journal_add_disjunction(journal_.get());
  if (error >= 0)
    error = sd_journal_add_match(journal_.get(), user.data(), user.size());
  return error;
}

Result<bool> SystemdJournal::has_entry(const std::string& cursor) {
  if (cursor.empty()) return true;
  sd_journal_flush_matches(journal_.get());
  if (sd_journal_seek_cursor(journal_.get(), cursor.c_str()) < 0)
    return Problem{Fault::malformed, "journal", "no cursor"};
  const int found = sd_journal_next(journal_.get());
  if (found < 0) return journal_problem(found);
  if (found == 0) return false;
  const int same = sd_journal_test_cursor(journal_.get(), cursor.c_str());
  if (same < 0) return journal_problem(same);
  return same > 0;
}

Result<bool> SystemdJournal::drain(
    std::size_t max_entries, const std::function<void(ConsoleLine)>& visit) {
  if (const auto problem = follow_files()) return *problem;
  for (std::size_t entries = 0; entries < max_entries; ++entries) {
    const int found = sd_journal_next(journal_.get());
    if (found < 0) return journal_problem(found);
    if (found == 0) return true;
    if (is_read_already()) continue;
    const int error = take_entry(visit);
    if (error < 0) return journal_problem(error);
  }
  return false;
}

bool SystemdJournal::is_read_already() {
  const auto cursor = std::exchange(already_read_, {});
  return !cursor.empty() &&
         sd_journal_test_cursor(journal_.get(), cursor.c_str()) > 0;
}

int SystemdJournal::take_entry(const std::function<void(ConsoleLine)>& visit) {
  std::uint64_t microseconds = 0;
  int error = sd_journal_get_realtime_usec(journal_.get(), &microseconds);
  if (error < 0) return error;
  // Each field that is read takes away the one before.
  std::string_view value;
  const bool is_cut =
      read_field("_LINE_BREAK", value) >= 0 && value == "line-max";
  std::string stream;
  if ((is_cut || !open_.empty()) && read_field("_STREAM_ID", value) >= 0)
    stream = value;
  error = read_field("MESSAGE", value);
  if (error < 0 && error != -ENOENT) return error;
  const auto arrived_at = from_epoch_microseconds(microseconds);
  if (error != -ENOENT)
    take_piece(value, is_cut, stream, [&](std::string_view line) {
      visit({std::string{line}, ConsoleStream::unknown, arrived_at});
    });
  if (is_cut) return 0;
  if (auto cursor = current_cursor()) cursor_ = *std::move(cursor);
  return 0;
}

void for_each_line(std::string_view text,
                   const std::function<void(std::string_view)>& visit) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  for (;;) {
    const auto end = text.find('\n');
    visit(text.substr(0, end));
    if (end == text.npos) return;
    text.remove_prefix(end + 1);
  }
}

void SystemdJournal::take_piece(
    std::string_view piece, bool is_cut, std::string_view stream,
    const std::function<void(std::string_view)>& visit) {
  auto line = open_.find(stream);
  if (!is_cut && line == open_.end()) return for_each_line(piece, visit);
  if (line == open_.end()) line = open_.try_emplace(std::string{stream}).first;
  const auto whole = line->second.add(piece, !is_cut);
  if (whole) {
    open_.erase(line);
    for_each_line(*whole, visit);
  } else if (open_.size() > kMaxOpenLines) {
    const auto given_up = open_.begin();
    for_each_line(*given_up->second.add({}, true), visit);
    open_.erase(given_up);
  }
}

/// The value is valid until the next field is read.
int SystemdJournal::read_field(const char* name, std::string_view& value) {
  const void* data = nullptr;
  std::size_t size = 0;
  const int error = sd_journal_get_data(journal_.get(), name, &data, &size);
  if (error < 0) return error;
  value = {static_cast<const char*>(data), size};
  value.remove_prefix(std::string_view{name}.size() + 1);
  value = value.substr(0, kMaxLogLineBytes);
  return 0;
}

bool holds_journal_files(const fs::path& directory) {
  std::error_code error;
  for (fs::recursive_directory_iterator
           at{directory, fs::directory_options::skip_permission_denied, error},
       end;
       !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".journal") return true;
  }
  return false;
}

/// Why not one file of the machine's journal was opened, if so.
std::optional<Problem> find_blindness(sd_journal* journal) {
  if (sd_journal_has_runtime_files(journal) != 0 ||
      sd_journal_has_persistent_files(journal) != 0)
    return {};
  if (holds_journal_files("/var/log/journal") ||
      holds_journal_files("/run/log/journal"))
    return Problem{Fault::denied, "journal", "no file of it may be read"};
  return Problem{Fault::missing, "journal", "this machine has none"};
}

/// Of a directory, or the machine's where that is empty.
Result<Journal> open_files(const std::string& directory) {
  sd_journal* opened = nullptr;
  const int error =
      directory.empty()
          ? sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY)
          : sd_journal_open_directory(&opened, directory.c_str(), 0);
  if (error < 0) return journal_problem(error);
  Journal journal{opened};
  if (directory.empty())
    if (const auto blindness = find_blindness(opened)) return *blindness;
  sd_journal_set_data_threshold(opened, kMaxLogLineBytes + sizeof "MESSAGE");
  return journal;
}

}  // namespace

Result<std::unique_ptr<JournalReader>> open_journal(
    const std::string& unit, const std::string& directory, Clock clock) {
  auto journal = open_files(directory);
  if (!journal) return journal.problem();
  auto reader = std::make_unique<SystemdJournal>(*std::move(journal), unit,
                                                 directory, std::move(clock));
  if (const auto problem = reader->stand_behind({})) return *problem;
  return std::unique_ptr<JournalReader>{std::move(reader)};
}

}  // namespace openclaw_lock
