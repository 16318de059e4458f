// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/logs/console_line.h"
#include "exporter/system/clock.h"

namespace openclaw_lock {

/// Reads what the processes of one systemd unit wrote to the journal, through
/// libsystemd (sd-journal(3)). A new one stands before the oldest entry.
///
/// Who may read: root and the group `systemd-journal` everything; another user
/// the journal of its own user units alone, and that only where the journal is
/// persistent (/var/log/journal). An entry that may not be read is no error: it
/// is not there.
///
/// One thread for its whole life, creation and destruction included; not
/// across fork().
class JournalReader {
 public:
  JournalReader() = default;
  JournalReader(const JournalReader&) = delete;
  JournalReader& operator=(const JournalReader&) = delete;
  virtual ~JournalReader() = default;

  /// Stands behind the newest entry there is, of whatever unit: only what is
  /// written from now on will be read.
  virtual std::optional<Problem> seek_end() = 0;

  /// Stands behind the entry of a cursor; before the oldest where it is empty.
  /// False: that entry is gone (vacuumed, or the journal is another one). Then
  /// it stands before the first entry behind the gone one's place, in the
  /// journal's order: by sequence number, else time since that boot, else wall
  /// time. So none is skipped; and none comes twice but those of the same
  /// microsecond, where sequence numbers began anew. Malformed is what is no
  /// cursor: it stays where it was.
  virtual Result<bool> seek_after(const std::string& cursor) = 0;

  /// Takes entries without waiting, and visits their lines in the journal's
  /// order: `MESSAGE`, whatever bytes, without newlines; the time at which
  /// journald took it; stream unknown, as both arrive as one. An entry with
  /// several lines (sd_journal_print(3)) gives each; one without `MESSAGE`
  /// none. Pieces of a line that journald cut (`_LINE_BREAK=line-max`, 48 KiB)
  /// are joined, as LineJoiner does; of a message's bytes the first
  /// kMaxLogLineBytes count.
  ///
  /// At most `max_entries`, so that a busy unit cannot keep the caller; false
  /// where more may be waiting. Rotated, new and vacuumed files are followed.
  /// After a problem (a damaged file, or one vacuumed before it was read) the
  /// next call goes on behind it.
  virtual Result<bool> drain(std::size_t max_entries,
                             const std::function<void(ConsoleLine)>& visit) = 0;

  /// Where reading stands, behind the last entry that ended a line: for
  /// seek_after. Empty: before the oldest. About 140 bytes of ASCII, valid
  /// across rotation, reboots and versions of systemd.
  virtual const std::string& cursor() const = 0;

  /// For poll(2), POLLIN: readable when there is something to drain, at most
  /// 250 ms after journald wrote it. Says nothing on a network file system. -1
  /// while there is no inotify instance for it: then it is to be drained each
  /// round, and new files are found within a minute.
  virtual int descriptor() const = 0;
};

/// Opens the journal for the entries of a unit, `openclaw-gateway.service`: of
/// the system's unit of that name (`_SYSTEMD_UNIT`) and of any user's
/// (`_SYSTEMD_USER_UNIT`): two users' units of one name are not told apart.
/// What systemd itself says about the unit is not of it.
///
/// `directory`: with journal files, or with directories of them named by
/// machine; empty: this machine's, in /var/log/journal and /run/log/journal.
/// Missing where it is not there, denied where no file of the machine's may be
/// read. Missing, "built without libsystemd", where the library was not there
/// when this was built.
Result<std::unique_ptr<JournalReader>> open_journal(
    const std::string& unit, const std::string& directory = {},
    Clock clock = monotonic_now);

}  // namespace openclaw_lock
