// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/logs/incident_ledger.h"
#include "core/logs/log_decoder.h"
#include "core/logs/log_event.h"

using namespace openclaw_lock;
namespace fs = std::filesystem;

namespace {

using Table = std::map<std::string, std::multiset<std::string>>;

/// Reads a log as the exporter does.
class CaptureReader {
 public:
  explicit CaptureReader(const fs::path& path) {
    std::ifstream file{path};
    REQUIRE(file.is_open());
    LineCounts lines{};
    for (std::string line; std::getline(file, line);) {
      CAPTURE(line);
      decoder_.decode(line + '\n', lines,
                      [this](const LogEvent& event, LogSource source) {
                        take(event, source);
                      });
    }
    add(incidents_.settle(kEnd));
    CHECK(lines[static_cast<std::size_t>(LineOutcome::oversized)] == 0);
  }

  /// `lock_timeout 3`, `incident main session 10000` each or `incidents main
  /// session 2`, or `none`.
  std::multiset<std::string> rows(bool each) const {
    std::multiset<std::string> rows;
    std::map<std::string, int> together;
    for (const auto& [incident, at] : failures_) {
      const auto name =
          incident.agent + '\t' + std::string{to_string(incident.kind)} + '\t';
      ++together["incidents\t" + name];
      if (each)
        rows.insert("incident\t" + name +
                    (incident.wait ? std::to_string(incident.wait->count())
                                   : "unknown"));
    }
    if (!each)
      for (const auto& [name, count] : together)
        rows.insert(name + std::to_string(count));
    for (const auto& [kind, count] : counts_)
      rows.insert(std::string{to_string(kind)} + '\t' + std::to_string(count));
    if (rows.empty()) rows.insert("none");
    return rows;
  }

 private:
  static constexpr WallTime kEnd{std::chrono::hours{24 * 365 * 60}};

  void take(const LogEvent& event, LogSource source) {
    for (const auto& kind : {event.kind, event.second_kind})
      if (kind) ++counts_[*kind];
    add(incidents_.add(event, source == LogSource::file_log, WallTime{}));
  }

  void add(std::vector<IncidentLedger::Failure> more) {
    for (auto& failure : more) failures_.push_back(std::move(failure));
  }

  LogDecoder decoder_;
  IncidentLedger incidents_;
  std::map<LogEventKind, int> counts_;
  std::vector<IncidentLedger::Failure> failures_;
};

Table read_table(const fs::path& path) {
  Table table;
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const auto tab = line.find('\t');
    REQUIRE(tab != std::string::npos);
    table[line.substr(0, tab)].insert(line.substr(tab + 1));
  }
  return table;
}

std::string joined(const std::multiset<std::string>& rows) {
  std::string text;
  for (const auto& row : rows) text += row + '\n';
  return text;
}

}  // namespace

TEST_CASE("log captures: the events of every real log, as read by people") {
  int scenarios = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator{TEST_DATA_DIR "/fixtures/captures"}) {
    if (entry.path().filename() != "events.tsv") continue;
    ++scenarios;
    for (const auto& [name, rows] : read_table(entry.path())) {
      const auto path = entry.path().parent_path() / name;
      CAPTURE(path.string());
      const bool each = std::ranges::none_of(
          rows, [](const auto& row) { return row.starts_with("incidents\t"); });
      CHECK(joined(CaptureReader{path}.rows(each)) == joined(rows));
    }
  }
  CHECK(scenarios == 89);
}
