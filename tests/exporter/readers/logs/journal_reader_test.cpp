// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/journal_reader.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/logs/line_joiner.h"
#include "core/logs/log_record.h"
#include "exporter/system/inotify.h"
#include "tests/support/journal_writer.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kAll = 1000;
const std::string kUnit = "openclaw-gateway.service";

using Lines = std::vector<std::string>;
using JournalReaderPtr = std::unique_ptr<JournalReader>;

/// The directory of a journal and its writer.
struct Journal {
  TempTree tree;
  JournalWriter writer;

  void append(const std::string& file,
              const std::vector<JournalFields>& entries) {
    writer.append(tree.path(file), entries);
  }
  JournalReaderPtr open() const {
    auto reader = open_journal(kUnit, tree.root().native());
    REQUIRE(reader);
    return *std::move(reader);
  }
};

/// Whether journals can be written and read here; says so where not.
bool can_test() {
  if (!JournalWriter::is_possible()) {
    MESSAGE("not tested: there is no systemd-journal-remote");
    return false;
  }
  const TempTree tree;
  const auto reader = open_journal(kUnit, tree.root().native());
  if (!reader) MESSAGE("not tested: " << reader.problem().detail);
  return static_cast<bool>(reader);
}

JournalFields said(const std::string& message) {
  return {{"_SYSTEMD_USER_UNIT", kUnit}, {"MESSAGE", message}};
}

JournalFields another_units(const std::string& message) {
  return {{"_SYSTEMD_UNIT", "cron.service"}, {"MESSAGE", message}};
}

JournalFields piece(const std::string& message, const std::string& stream,
                    const std::string& line_break) {
  auto fields = said(message);
  fields["_STREAM_ID"] = stream;
  if (!line_break.empty()) fields["_LINE_BREAK"] = line_break;
  return fields;
}

std::vector<ConsoleLine> read_lines(JournalReader& reader) {
  std::vector<ConsoleLine> lines;
  const auto drained = reader.drain(
      kAll, [&](ConsoleLine line) { lines.push_back(std::move(line)); });
  REQUIRE(drained);
  CHECK(*drained);
  return lines;
}

Lines read(JournalReader& reader) {
  Lines texts;
  for (const auto& line : read_lines(reader)) texts.push_back(line.text);
  return texts;
}

/// Takes that many entries, of which there must be more.
Lines read_entries(JournalReader& reader, std::size_t count) {
  Lines texts;
  const auto drained = reader.drain(
      count, [&](const ConsoleLine& line) { texts.push_back(line.text); });
  REQUIRE(drained);
  CHECK_FALSE(*drained);
  return texts;
}

/// What a reader that begins at a cursor reads.
Lines read_after(const Journal& journal, const std::string& cursor,
                 bool is_exact) {
  const auto reader = journal.open();
  const auto exact = reader->seek_after(cursor);
  REQUIRE(exact);
  CHECK(*exact == is_exact);
  return read(*reader);
}

bool is_readable(const JournalReader& reader) {
  pollfd waiting{reader.descriptor(), POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1;
}

}  // namespace

TEST_CASE("JournalReader: a unit's lines in order, and nobody else's") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal",
                 {said("one"),
                  another_units("other"),
                  {{"_SYSTEMD_UNIT", kUnit}, {"MESSAGE", "two"}},
                  {{"_SYSTEMD_UNIT", "init.scope"},
                   {"USER_UNIT", kUnit},
                   {"MESSAGE", "Started it."}},
                  {{"_SYSTEMD_UNIT", "user@1000.service"},
                   {"_SYSTEMD_USER_UNIT", kUnit},
                   {"MESSAGE", "three"}}});
  const auto reader = journal.open();
  const auto lines = read_lines(*reader);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == ConsoleLine{"one", ConsoleStream::unknown,
                                parse_iso8601("2026-11-20T23:10:02.836Z")});
  CHECK(lines[1].text == "two");
  CHECK(lines[2].text == "three");
  CHECK(lines[2].arrived_at == parse_iso8601("2026-11-20T23:10:02.840Z"));
  CHECK(read(*reader).empty());
}

TEST_CASE("JournalReader: files are read as one journal") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal", {said("one")});
  journal.append("user-1000.journal", {said("two")});
  journal.append("system.journal", {said("three")});
  journal.append("user-1000.journal", {said("four")});
  CHECK(read(*journal.open()) == Lines{"one", "two", "three", "four"});
}

TEST_CASE("JournalReader: not more than asked for at once") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal", {said("one"), said("two"), said("three")});
  const auto reader = journal.open();
  CHECK(read_entries(*reader, 2) == Lines{"one", "two"});
  CHECK(read(*reader) == Lines{"three"});
}

TEST_CASE("JournalReader: goes on behind a cursor") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal",
                 {said("one"), another_units("x"), said("two"), said("three")});
  const auto reader = journal.open();
  CHECK(reader->cursor().empty());
  CHECK(read_after(journal, "", true) == Lines{"one", "two", "three"});
  CHECK(read_entries(*reader, 1) == Lines{"one"});
  CHECK(read_after(journal, reader->cursor(), true) == Lines{"two", "three"});
  CHECK(read(*reader) == Lines{"two", "three"});
  const auto end = reader->cursor();
  CHECK(read_after(journal, end, true).empty());
  journal.append("system.journal", {said("four")});
  CHECK(read_after(journal, end, true) == Lines{"four"});
}

TEST_CASE("JournalReader: entries of the same time are told apart") {
  if (!can_test()) return;
  Journal journal;
  std::vector<JournalFields> twins{said("one"), said("two"), said("two"),
                                   said("three")};
  for (auto& fields : twins) {
    fields["__REALTIME_TIMESTAMP"] = "1795216202836123";
    fields["__MONOTONIC_TIMESTAMP"] = "1000000";
  }
  journal.append("system.journal", twins);
  const auto reader = journal.open();
  CHECK(read_entries(*reader, 2) == Lines{"one", "two"});
  CHECK(read_after(journal, reader->cursor(), true) == Lines{"two", "three"});
}

TEST_CASE("JournalReader: a gone cursor gives all that came after it") {
  if (!can_test()) return;
  Journal journal;
  journal.append("old.journal", {said("one"), said("two")});
  journal.append("system.journal", {said("three"), said("four")});
  const auto reader = journal.open();
  CHECK(read_entries(*reader, 2) == Lines{"one", "two"});
  const auto second = reader->cursor();
  CHECK(read_entries(*reader, 1) == Lines{"three"});
  const auto third = reader->cursor();
  journal.tree.remove("old.journal");
  CHECK(read_after(journal, second, false) == Lines{"three", "four"});
  CHECK(read_after(journal, third, true) == Lines{"four"});
  journal.tree.remove("system.journal");
  CHECK(read_after(journal, third, false).empty());
}

TEST_CASE("JournalReader: a text that is no cursor changes nothing") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal",
                 {said("one"), another_units("x"), said("two")});
  const auto reader = journal.open();
  CHECK(read_entries(*reader, 1) == Lines{"one"});
  for (const std::string text : {"x", "s=1", "i=1", "t=", ";;"}) {
    CAPTURE(text);
    const auto exact = reader->seek_after(text);
    REQUIRE_FALSE(exact);
    CHECK(exact.problem().fault == Fault::malformed);
  }
  CHECK(read(*reader) == Lines{"two"});
}

TEST_CASE("JournalReader: from the end, only what is new") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal", {said("one"), another_units("x")});
  const auto reader = journal.open();
  CHECK_FALSE(reader->seek_end());
  CHECK(read(*reader).empty());
  CHECK_FALSE(reader->cursor().empty());
  journal.append("system.journal", {another_units("y"), said("two")});
  CHECK(read_after(journal, reader->cursor(), true) == Lines{"two"});
  CHECK(read(*reader) == Lines{"two"});
}

TEST_CASE("JournalReader: from the end of a journal without the unit") {
  if (!can_test()) return;
  Journal journal;
  const auto early = journal.open();
  CHECK_FALSE(early->seek_end());
  CHECK(early->cursor().empty());
  journal.append("system.journal", {another_units("x")});
  const auto reader = journal.open();
  CHECK_FALSE(reader->seek_end());
  CHECK_FALSE(reader->cursor().empty());
  CHECK(read(*reader).empty());
  journal.append("system.journal", {said("one")});
  CHECK(read(*reader) == Lines{"one"});
  CHECK(read(*early) == Lines{"one"});
}

TEST_CASE("JournalReader: rotation and vacuuming while it reads") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal", {said("one"), said("two")});
  const auto reader = journal.open();
  CHECK_FALSE(is_readable(*reader));
  CHECK(read_entries(*reader, 1) == Lines{"one"});

  fs::rename(journal.tree.path("system.journal"),
             journal.tree.path("system@1.journal"));
  journal.append("system.journal", {said("three")});
  CHECK(is_readable(*reader));
  CHECK(read(*reader) == Lines{"two", "three"});
  CHECK_FALSE(is_readable(*reader));

  journal.tree.remove("system@1.journal");
  journal.append("system.journal", {said("four")});
  CHECK(read(*reader) == Lines{"four"});

  journal.tree.remove("system.journal");
  CHECK(read(*reader).empty());
  journal.append("system.journal", {said("five")});
  CHECK(read(*reader) == Lines{"five"});
}

TEST_CASE("JournalReader: a line that journald has cut is joined") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal",
                 {said("before"), piece("one ", "a", "line-max"),
                  piece("two ", "a", "line-max"), piece("three", "a", "eof"),
                  said("after")});
  const auto reader = journal.open();
  CHECK(read_entries(*reader, 3) == Lines{"before"});
  CHECK(read_after(journal, reader->cursor(), true) ==
        Lines{"one two three", "after"});
  CHECK(read_entries(*reader, 1) == Lines{"one two three"});
  CHECK(read_after(journal, reader->cursor(), true) == Lines{"after"});
  CHECK(read(*reader) == Lines{"after"});
}

TEST_CASE("JournalReader: seeking forgets the piece of a line") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal",
                 {said("before"), piece("one ", "a", "line-max"),
                  piece("two", "a", "eof"), said("after")});
  const auto reader = journal.open();
  CHECK(read_entries(*reader, 2) == Lines{"before"});
  CHECK(*reader->seek_after(std::string{reader->cursor()}));
  CHECK(read(*reader) == Lines{"one two", "after"});
}

TEST_CASE("JournalReader: cut lines of two processes are kept apart") {
  if (!can_test()) return;
  Journal journal;
  journal.append(
      "system.journal",
      {piece("one ", "a", "line-max"), piece("three ", "b", "line-max"),
       said("whole"), piece("two", "a", ""), piece("four", "b", "")});
  CHECK(read(*journal.open()) == Lines{"whole", "one two", "three four"});
}

TEST_CASE("JournalReader: lines that never end are given up, not kept") {
  if (!can_test()) return;
  Journal journal;
  std::vector<JournalFields> entries;
  for (int stream = 10; stream < 27; ++stream)
    entries.push_back(
        piece("cut", "stream-" + std::to_string(stream), "line-max"));
  entries.push_back(piece(" end", "stream-26", ""));
  journal.append("system.journal", entries);
  CHECK(read(*journal.open()) == Lines{"cut", "cut end"});
}

TEST_CASE("JournalReader: a message of several lines, and of any bytes") {
  if (!can_test()) return;
  using namespace std::string_literals;
  Journal journal;
  journal.append("system.journal",
                 {said("one\ntwo\n"),
                  said("\nthree"),
                  said(""),
                  said("\x1b[31m\xff\0x"s),
                  {{"_SYSTEMD_USER_UNIT", kUnit}, {"PRIORITY", "6"}}});
  CHECK(read(*journal.open()) ==
        Lines{"one", "two", "", "three", "", "\x1b[31m\xff\0x"s});
}

TEST_CASE("JournalReader: a long message is whole up to its bound") {
  if (!can_test()) return;
  Journal journal;
  const std::string whole(kMaxLogLineBytes, 'x');
  journal.append("system.journal",
                 {said(whole), said(whole + "y"), piece(whole, "a", "line-max"),
                  piece("z", "a", "")});
  const auto texts = read(*journal.open());
  REQUIRE(texts.size() == 3);
  CHECK(texts[0] == whole);
  CHECK(texts[1] == whole);
  CHECK(texts[2] == whole.substr(0, LineJoiner::kMaxBytes));
}

TEST_CASE("JournalReader: a damaged file is no end of it all") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal", {said("one")});
  journal.tree.add({"garbage.journal", std::string(5000, 'x')});
  journal.tree.add({"empty.journal", ""});
  CHECK(read(*journal.open()) == Lines{"one"});
}

TEST_CASE("JournalReader: without inotify it finds new files each minute") {
  if (!can_test()) return;
  Journal journal;
  journal.append("system.journal", {said("one")});
  MonotonicTime now{};
  std::vector<std::unique_ptr<InotifySlot>> taken;
  for (auto slot = InotifySlot::take(); slot; slot = InotifySlot::take())
    taken.push_back(*std::move(slot));
  auto opened =
      open_journal(kUnit, journal.tree.root().native(), [&now] { return now; });
  REQUIRE(opened);
  auto& reader = **opened;
  CHECK(reader.descriptor() == -1);
  CHECK(read(reader) == Lines{"one"});
  journal.append("user-1000.journal", {said("two")});
  CHECK(read(reader).empty());
  now += std::chrono::seconds{60};
  CHECK(read(reader) == Lines{"two"});
  CHECK(read(reader).empty());

  journal.append("user-1001.journal", {said("three")});
  taken.pop_back();
  CHECK(read(reader) == Lines{"three"});
  CHECK(reader.descriptor() >= 0);
  CHECK_FALSE(InotifySlot::take());
  *opened = nullptr;
  CHECK(InotifySlot::take());
}

TEST_CASE("open_journal: a directory that is not there") {
  const TempTree tree;
  const auto reader = open_journal(kUnit, tree.path("none"));
  REQUIRE_FALSE(reader);
  CHECK(reader.problem().fault == Fault::missing);
  CHECK(reader.problem().where == "journal");
}

TEST_CASE("open_journal: the machine's journal, or why there is none") {
  const auto reader = open_journal("openclaw-lock-no-such.service");
  if (reader) {
    CHECK_FALSE((*reader)->seek_end());
    CHECK(read(**reader).empty());
  } else {
    const auto fault = reader.problem().fault;
    CHECK((fault == Fault::missing || fault == Fault::denied));
  }
}
