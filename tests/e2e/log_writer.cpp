// SPDX-License-Identifier: Apache-2.0
//
// Writes logs as OpenClaw 2026.4.24 does, at full speed and under every kind of
// rotation, and says what must be found in them.
//
//   log_writer DIR --records=N [OPTION...]
//
//   --records=N       how many records of OpenClaw's; a wrapper may take
//                     several lines for one
//   --seed=S          everything but the pauses follows from it (1)
//   --style=file_log  JSON file log, DIR/openclaw-2026-11-21.log and so on
//          =docker    console text in Docker's json-file, DIR/ID-json.log
//          =console   console text, both streams, DIR/gateway.log
//   --rotate-bytes=B  the file rotates when it has B/2 to B*3/2 bytes; 0: never
//   --modes=M,...     which rotations, at random:
//     numbered        X.log is renamed to X.1.log, that to X.2.log, ...
//     rename          X.log is renamed to X.log.1, that to X.log.2, ...
//     copytruncate    X.log is copied to such a name and cut to nothing
//     daily           (file_log) the next day's file; the old one gets some of
//                     the next records still
//   --keep=K          rotated files of each chain (5); nothing else is removed
//   --pause-file=P    while P exists nothing is written
//
// A record is one write(), or two or three at random places in it; nothing
// rotates between them. DIR/expected.json says what has been written; it is
// there while the writer pauses ("finished": false) and when it has ended
// (true), and gone while it writes. DIR should be empty at first.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/e2e/log_writer/log_files.h"
#include "tests/e2e/log_writer/options.h"
#include "tests/e2e/log_writer/random.h"
#include "tests/e2e/log_writer/rendering.h"
#include "tests/e2e/log_writer/story.h"

namespace openclaw_lock {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// What must be found.
struct Expected {
  std::uint64_t records = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  std::uint64_t forgeries = 0;
  std::map<std::string_view, std::uint64_t> events;
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t>
      incidents;  ///< by agent and kind
  std::map<std::string_view, std::uint64_t> rotations;
  std::string last_time;

  void add(const Record& record, std::string_view text) {
    ++records;
    lines +=
        static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    bytes += text.size();
    if (record.is_forgery) ++forgeries;
    if (!record.event.empty()) ++events[record.event];
    if (!record.incident_kind.empty())
      ++incidents[{record.incident_agent, record.incident_kind}];
  }
};

std::string to_json(const std::map<std::string_view, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts)
    text += (text.empty() ? "\"" : ", \"") + std::string{name} +
            "\": " + std::to_string(count);
  return '{' + text + '}';
}

std::string to_json(const Expected& expected, bool is_finished) {
  std::string incidents;
  for (const auto& [who, count] : expected.incidents)
    incidents += (incidents.empty() ? "\n" : ",\n") +
                 std::string{"    {\"agent\": \""} + std::string{who.first} +
                 "\", \"kind\": \"" + std::string{who.second} +
                 "\", \"count\": " + std::to_string(count) + '}';
  return std::string{"{\n  \"finished\": "} + (is_finished ? "true" : "false") +
         ",\n  \"records\": " + std::to_string(expected.records) +
         ",\n  \"lines\": " + std::to_string(expected.lines) +
         ",\n  \"bytes\": " + std::to_string(expected.bytes) +
         ",\n  \"forgeries\": " + std::to_string(expected.forgeries) +
         ",\n  \"last_time\": \"" + expected.last_time + "Z\"" +
         ",\n  \"events\": " + to_json(expected.events) +
         ",\n  \"incidents\": [" + incidents + "\n  ]" +
         ",\n  \"rotations\": " + to_json(expected.rotations) + "\n}\n";
}

class Writer {
 public:
  explicit Writer(const Options& options)
      : options_{options},
        random_{options.seed},
        story_{random_, options.style},
        files_{options_, random_},
        time_{files_.day()} {}

  Expected run() {
    fs::remove(report_path());
    while (expected_.records < options_.records) {
      wait_while_paused();
      if (files_.wants_rotation()) rotate();
      write_record();
    }
    report(true);
    return expected_;
  }

 private:
  void write_record() {
    time_ += milliseconds{1 + random_.below(4)};
    expected_.last_time = to_time(time_);
    const auto record = story_.next();
    const auto text = to_text(options_.style, record, expected_.last_time);
    files_.append(text);
    expected_.add(record, text);
  }

  void rotate() {
    const auto mode = files_.rotate();
    ++expected_.rotations[kModes[static_cast<std::size_t>(mode)]];
    if (time_ < files_.day()) time_ = files_.day();
  }

  void wait_while_paused() const {
    if (options_.pause_file.empty()) return;
    if (::access(options_.pause_file.c_str(), F_OK) != 0) return;
    report(false);
    while (::access(options_.pause_file.c_str(), F_OK) == 0)
      std::this_thread::sleep_for(milliseconds{10});
    fs::remove(report_path());
  }

  fs::path report_path() const { return options_.directory / "expected.json"; }

  void report(bool is_finished) const {
    const auto fresh = options_.directory / "expected.json.new";
    std::ofstream file{fresh};
    file << to_json(expected_, is_finished);
    file.close();
    if (!file) throw std::runtime_error{"cannot write " + fresh.string()};
    fs::rename(fresh, report_path());
  }

  Options options_;
  Random random_;
  Story story_;
  LogFiles files_;
  std::chrono::sys_time<milliseconds> time_;
  Expected expected_;
};

int run(const std::vector<std::string_view>& arguments) {
  const auto options = to_options(arguments);
  const auto start = std::chrono::steady_clock::now();
  const auto expected = Writer{options}.run();
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - start;
  std::uint64_t rotations = 0;
  for (const auto& [mode, count] : expected.rotations) rotations += count;
  std::printf("%llu records, %.1f MB, %llu rotations, %.2f s, %.0f MB/s\n",
              static_cast<unsigned long long>(expected.records),
              static_cast<double>(expected.bytes) / 1e6,
              static_cast<unsigned long long>(rotations), took.count(),
              static_cast<double>(expected.bytes) / 1e6 / took.count());
  return 0;
}

}  // namespace
}  // namespace openclaw_lock

int main(int argc, char** argv) {
  try {
    return openclaw_lock::run({argv + 1, argv + argc});
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "log_writer: %s; see the head of log_writer.cpp\n",
                 error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "log_writer: %s\n", error.what());
    return 1;
  }
}
