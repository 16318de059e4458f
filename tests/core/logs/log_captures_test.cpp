// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "core/logs/console_json.h"
#include "core/logs/console_text.h"
#include "core/logs/incident_twins.h"
#include "core/logs/log_event.h"
#include "core/logs/log_format.h"
#include "core/logs/openclaw_json.h"

using namespace openclaw_lock;
namespace fs = std::filesystem;

namespace {

using Table = std::map<std::string, std::multiset<std::string>>;

/// Reads logs of a scenario as the exporter will: format once, twins asked.
class CaptureReader {
 public:
  explicit CaptureReader(const fs::path& path) {
    std::ifstream file{path};
    REQUIRE(file.is_open());
    for (std::string line; std::getline(file, line);) take(line);
  }

  /// `lock_timeout 3`, `incident main session 10000`, or `none`.
  std::multiset<std::string> rows() const {
    auto rows = incidents_;
    for (const auto& [kind, count] : counts_)
      rows.insert(std::string{to_string(kind)} + '\t' + std::to_string(count));
    if (rows.empty()) rows.insert("none");
    return rows;
  }

 private:
  void take(const std::string& line) {
    if (!format_) format_ = recognise_log_format(line);
    const auto record = decode(line);
    if (!record) return;
    const bool credible = twins_.is_credible(*record);
    const auto event = classify_log_record(*record);
    if (!event) return;
    ++counts_[event->kind];
    if (!event->incident || !credible) return;
    const auto& incident = *event->incident;
    incidents_.insert(
        "incident\t" + incident.agent + '\t' +
        std::string{to_string(incident.kind)} + '\t' +
        (incident.wait ? std::to_string(incident.wait->count()) : "unknown"));
    CHECK_FALSE(incident.lock_path.empty());
    CHECK(event->time.has_value() == !line.starts_with('['));
  }

  std::optional<LogRecord> decode(const std::string& line) {
    if (format_ == LineFormat::console_text)
      return text_.decode({line, ConsoleStream::unknown, {}});
    if (!format_) return {};
    const auto record = format_ == LineFormat::openclaw_json
                            ? parse_openclaw_json(line)
                            : parse_console_json(line);
    CAPTURE(line);
    REQUIRE(record);
    CHECK(record->time);
    CHECK(record->level != RecordLevel::unknown);
    return *record;
  }

  std::optional<LineFormat> format_;
  ConsoleTextDecoder text_;
  IncidentTwins twins_;
  std::map<LogEventKind, int> counts_;
  std::multiset<std::string> incidents_;
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
      CHECK(joined(CaptureReader{path}.rows()) == joined(rows));
    }
  }
  CHECK(scenarios == 52);
}
