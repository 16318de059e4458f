// SPDX-License-Identifier: Apache-2.0
//
// Times how the exporter finds events in OpenClaw's file log beside a floor
// (the bare read()), and beside a rival: mtail, if that package is installed
// (`apt-get install mtail`; optional). All read the same file, made here of
// records like those in tests/fixtures/captures: 0.1 % events, 2 % others of
// WARN and above, TURNS (5) % answers that accept a turn: real gateways wrote
// one or two of 20 to 40 lines. The contenders take turns, each in a process of
// its own, from whose rusage come CPU seconds and peak RSS. Only ratios travel
// from machine to machine.
//
//   log_benchmark [MIB [ROUNDS [RIVAL_MIB [TURNS]]]]       default: 1024 21 64
//   5
//
// What decodes every line, and mtail, read a file of RIVAL_MIB made alike,
// once. The sieve must find the events that decoding every line finds. mtail
// counts the lines of each level and those with `session file locked`, also in
// replies of a model, which are no events. TMPDIR says where the files are;
// they should fit in the page cache.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "core/logs/log_event.h"
#include "core/logs/log_sieve.h"
#include "core/logs/openclaw_json.h"
#include "core/logs/turn_line.h"
#include "exporter/readers/logs/log_reader.h"

namespace {

using namespace openclaw_lock;
namespace fs = std::filesystem;

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kReadBytes = std::size_t{256} << 10;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// Makes records one after the other: the same ones in each run.
class RecordMaker {
 public:
  explicit RecordMaker(unsigned turns) : turns_{turns} {}

  std::string next() {
    const auto dice = random_() % 10'000;
    time_ += random_() % 400;
    newer_ = random_() % 2 == 0;
    if (dice < 10) return event();
    if (dice < 210) return warning();
    if (dice < 210 + 100 * turns_) return answer("agent");
    return info();
  }

 private:
  std::string digits(std::uint64_t below) {
    return std::to_string(random_() % below);
  }

  std::string hex(int length) {
    std::string text;
    for (int i = 0; i < length; ++i) text += "0123456789abcdef"[random_() % 16];
    return text;
  }

  std::string uuid() {
    return hex(8) + '-' + hex(4) + '-' + hex(4) + '-' + hex(4) + '-' + hex(12);
  }

  std::string words(std::size_t length) {
    static constexpr std::array<const char*, 48> kWords{
        "session", "the",     "gateway",   "reply",   "sessionId=4711",
        "of",      "locked",  "file",      "Indeed",  "naïve",
        "waiting", "and",     "database",  "model",   "timeout",
        "日本語",  "already", "under",     "message", "error:",
        "a",       "to",      "in",        "is",      "I",
        "you",     "that",    "it",        "for",     "with",
        "on",      "as",      "are",       "this",    "be",
        "or",      "from",    "have",      "not",     "but",
        "code",    "what",    "can",       "Invoice", "12.50",
        "\\n\\n",  "answer",  "\\\"so\\\""};
    std::string text;
    while (text.size() < length) {
      text += kWords[random_() % kWords.size()];
      text += ' ';
    }
    return text;
  }

  std::string time() const {
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "2026-11-20T%02d:%02d:%02d.%03d",
                  static_cast<int>(time_ / 3'600'000 % 24),
                  static_cast<int>(time_ / 60'000 % 60),
                  static_cast<int>(time_ / 1000 % 60),
                  static_cast<int>(time_ % 1000));
    return text.data();
  }

  std::string path() const {
    const std::string file =
        newer_ ? "console-DwqfhE-H.mjs" : "subsystem-CWI_MDy_.js";
    const std::string package = newer_ ? "2026.9.6/pkg/" : "2026.4.24/pkg/";
    const std::string dist = "node_modules/openclaw/dist/" + file;
    return R"("path":{"fullFilePath":"file:///usr/local/lib/)" + dist +
           R"(:337:14","fileName":")" + file + R"(","fileNameWithLine":")" +
           file + R"(:337","fileColumn":"14","fileLine":"337","filePath":")" +
           package + dist + R"(","filePathWithLine":")" + package + dist +
           R"(:337","method":"logToFile"})";
  }

  /// `fields` are a JSON object or empty; texts are escaped already.
  std::string line(const std::string& binding, const std::string& fields,
                   const std::string& message, int level) {
    static constexpr std::array<const char*, 7> kNames{
        "SILLY", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
    const bool bound = !binding.empty();
    const std::string name = bound ? binding : "openclaw";
    const std::string level_of_meta =
        R"("logLevelId":)" + std::to_string(level) + R"(,"logLevelName":")" +
        kNames[static_cast<std::size_t>(level)] + '"';
    std::string text = R"({"0":")";
    if (bound) text += binding + (fields.empty() ? R"(","1":")" : R"(","1":)");
    if (!fields.empty()) text += fields + R"(,"2":")";
    text += message +
            R"(","_meta":{"runtime":"node","runtimeVersion":"24.16.0",)"
            R"("hostname":")" +
            (newer_ ? "vm" : "unknown") + "\",";
    if (!newer_)
      text += R"("name":")" + name + R"(","parentNames":["openclaw"],)";
    text += R"("date":")" + time() + "Z\"," + level_of_meta;
    if (newer_)
      text += R"(,"name":")" + name + R"(","parentNames":["openclaw"])";
    if (!newer_ || level > 4 || !bound) text += ',' + path();
    text += R"(},"time":")" + time() + "+00:00\"";
    if (newer_)
      text += R"(,"hostname":"vm","message":")" + message + R"(","traceId":")" +
              hex(32) + R"(","spanId":")" + hex(16) + R"(","traceFlags":"01")";
    return text + "}\n";
  }

  static std::string subsystem(const char* name) {
    return std::string{R"({\"subsystem\":\")"} + name + R"(\"})";
  }

  std::string event() {
    const std::string error =
        "SessionWriteLockTimeoutError: session file locked (timeout 10000ms): "
        "pid=" +
        digits(100'000) + " /home/node/.openclaw/agents/main/sessions/" +
        uuid() + ".jsonl.lock";
    switch (random_() % 6) {
      case 0:
      case 1:
        return line(
            subsystem("diagnostic"), "",
            "lane task error: lane=session:agent:main:main durationMs=" +
                digits(20'000) + R"( error=\")" + error + R"(\")",
            5);
      case 2:
        return line(subsystem("gateway/ws"), "",
                    "⇄ res ✗ agent errorCode=UNAVAILABLE errorMessage=" +
                        error + " conn=" + hex(8) + "…" + hex(4),
                    3);
      case 3:
        return line("", "", error, 5);
      case 4:
        return line(subsystem("sqlite/transaction"),
                    R"({"busyTimeoutMs":5000,"database":"/s/agents/main/)"
                    R"(agent/openclaw-agent.sqlite","elapsedMs":)" +
                        digits(9'000) + R"(,"sqlitePrimaryCode":5})",
                    "SQLite transaction lock wait failed", 4);
      default:
        return line(subsystem("diagnostic"), "",
                    "stuck session: sessionId=" + uuid() +
                        " state=processing age=" + digits(900) + "s",
                    4);
    }
  }

  std::string warning() {
    switch (random_() % 5) {
      case 0:
        return line(subsystem("gateway/model-pricing"), "",
                    "LiteLLM pricing fetch failed: TypeError: fetch failed", 4);
      case 1:
        return line(
            subsystem("diagnostic"), "",
            "lane wait exceeded: lane=session:agent:main:main waitedMs=" +
                digits(9'000) + " queueAhead=1",
            4);
      case 2:
        return line("", "", words(100), 5);
      case 3:
        return line(subsystem("session-sqlite"),
                    R"({"elapsedMs":)" + digits(900) +
                        R"(,"outcome":"rejected","error":"SQLite automatic )"
                        R"(maintenance inputs changed before commit"})",
                    "SQLite reclamation Worker failed", 4);
      default:
        return line(subsystem("agent/embedded"), "",
                    "Preserved orphaned user message without removing the "
                    "active session leaf. runId=" +
                        uuid() + " sessionId=" + uuid() + " trigger=user",
                    4);
    }
  }

  std::string info() {
    switch (random_() % 20) {
      case 0:
        return line(subsystem("gateway/heartbeat"), R"({"enabled":false})",
                    "heartbeat: disabled", 3);
      case 1:
        return line(R"({\"module\":\"cron\",\"storeKey\":\"/s/jobs.json\"})",
                    R"({"jobs":2,"nextWakeAtMs":17955)" + digits(100'000) + '}',
                    "cron: timer armed", 3);
      case 2:
      case 3:
        return line("", "", words(random_() % 1500), 3);
      case 4:
      case 5:
      case 6:
      case 7:
        return line(subsystem("agents/agent-command"), "",
                    "[agent] run " + uuid() + " ended with stopReason=stop", 3);
      case 8:
      case 9:
      case 10:
        return line(subsystem("gateway"), "",
                    "device pairing auto-approved device=" + hex(64), 3);
      default:
        return answer("sessions.list");
    }
  }

  std::string answer(const std::string& method) {
    return line(subsystem("gateway/ws"), "",
                "⇄ res ✓ " + method + ' ' + digits(9'000) + "ms runId=" +
                    uuid() + " conn=" + hex(8) + "…" + hex(4) + " id=" + hex(8),
                3);
  }

  unsigned turns_;
  std::mt19937_64 random_{20261120};
  std::uint64_t time_ = 0;
  bool newer_ = false;
};

class WorkDirectory {
 public:
  WorkDirectory() {
    std::string name = fs::temp_directory_path() / "log-benchmark-XXXXXX";
    if (!::mkdtemp(name.data())) die("mkdtemp");
    path_ = name;
  }
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  ~WorkDirectory() { fs::remove_all(path_); }

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write_log(const fs::path& path, std::size_t bytes, unsigned turns) {
  std::ofstream file{path, std::ios::binary};
  RecordMaker records{turns};
  for (std::size_t written = 0; written < bytes;) {
    const auto record = records.next();
    file << record;
    written += record.size();
  }
  if (!file.flush()) die("write");
}

/// What a contender found and used.
struct Outcome {
  std::uint64_t lines = 0;
  std::uint64_t decoded = 0;
  std::uint64_t events = 0;
  std::uint64_t lock_timeouts = 0;
  double cpu_seconds = 0;
  long peak_kib = 0;
};

void count_event(Outcome& result, std::string_view line) {
  ++result.decoded;
  if (read_accepted_turn(line)) return;
  const auto record = parse_openclaw_json(line);
  if (!record) return;
  const auto event = classify_log_record(*record);
  if (!event || !event->kind) return;
  ++result.events;
  if (event->kind == LogEventKind::lock_timeout) ++result.lock_timeouts;
}

/// Shows whole lines, as many as a read() makes complete.
void read_lines(int file, const std::function<void(std::string_view)>& take) {
  std::vector<char> buffer(kReadBytes + kMaxLogLineBytes);
  std::size_t held = 0;
  for (;;) {
    if (buffer.size() - held < kReadBytes) die("line too long");
    const auto got = ::read(file, buffer.data() + held, kReadBytes);
    if (got <= 0) return;
    const std::string_view all{buffer.data(),
                               held + static_cast<std::size_t>(got)};
    const auto end = all.rfind('\n') + 1;
    take(all.substr(0, end));
    held = all.size() - end;
    std::memmove(buffer.data(), buffer.data() + end, held);
  }
}

/// To the beginning of a page: some processors copy to sixteen bytes behind it,
/// where malloc() begins, four times as slowly.
Outcome bare_read(int file) {
  constexpr std::size_t kPageBytes = 4096;
  Outcome result;
  std::vector<char> buffer(kReadBytes + kPageBytes);
  void* begin = buffer.data();
  auto space = buffer.size();
  std::align(kPageBytes, kReadBytes, begin, space);
  while (::read(file, begin, kReadBytes) > 0) ++result.decoded;
  result.decoded = 0;
  return result;
}

Outcome count_newlines(int file) {
  Outcome result;
  read_lines(file, [&](std::string_view lines) {
    while (!lines.empty()) {
      lines.remove_prefix(lines.find('\n') + 1);
      ++result.lines;
    }
  });
  return result;
}

/// The exporter's own reader, to which the file is new.
Outcome read_as_exporter(int file) {
  const auto path =
      fs::read_symlink("/proc/self/fd/" + std::to_string(file)).string();
  LogCheckpoint checkpoint;
  checkpoint.sources.insert(path);
  LogReader reader{"bench", std::move(checkpoint)};
  WatchedGateway gateway;
  gateway.logs.push_back({path, false});
  reader.watch(gateway);
  do {
    if (!reader.round().success) die("the reader failed");
  } while (reader.wants_round());
  const auto totals = reader.report().totals;
  Outcome result;
  for (const auto count : totals.lines) result.lines += count;
  for (const auto count : totals.events) result.events += count;
  result.decoded = totals.lines[0];
  result.lock_timeouts =
      totals.events[static_cast<std::size_t>(LogEventKind::lock_timeout)];
  return result;
}

/// The search for events alone.
Outcome find_events(int file, SieveWidth width) {
  Outcome result;
  read_lines(file, [&](std::string_view lines) {
    result.lines += sieve_openclaw_json(
        lines, [&](std::string_view line) { count_event(result, line); },
        width);
  });
  return result;
}

Outcome decode_everything(int file) {
  Outcome result;
  read_lines(file, [&](std::string_view lines) {
    while (!lines.empty()) {
      const auto end = lines.find('\n');
      count_event(result, lines.substr(0, end));
      lines.remove_prefix(end + 1);
      ++result.lines;
    }
  });
  return result;
}

void take_usage(Outcome& result, const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  result.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  result.peak_kib = usage.ru_maxrss;
}

/// Runs `work` in a child process.
Outcome measure(const std::function<Outcome()>& work) {
  std::array<int, 2> ends;
  if (::pipe(ends.data()) != 0) die("pipe");
  const pid_t child = ::fork();
  if (child < 0) die("fork");
  if (child == 0) {
    const Outcome found = work();
    const auto sent = ::write(ends[1], &found, sizeof found);
    ::_exit(sent == sizeof found ? 0 : 1);
  }
  ::close(ends[1]);
  Outcome result;
  if (::read(ends[0], &result, sizeof result) != sizeof result)
    die("a contender failed");
  ::close(ends[0]);
  rusage usage{};
  ::wait4(child, nullptr, 0, &usage);
  take_usage(result, usage);
  return result;
}

using Work = std::function<Outcome(int)>;

Outcome measure_on(const fs::path& log, const Work& work) {
  return measure([&] {
    const int file = ::open(log.c_str(), O_RDONLY);
    if (file < 0) die("open");
    return work(file);
  });
}

double per_gib(const Outcome& result, std::uintmax_t bytes) {
  return result.cpu_seconds * 1024 * static_cast<double>(kMiB) /
         static_cast<double>(bytes);
}

struct Contender {
  const char* name;
  Work work;
  std::vector<double> costs = {};
  Outcome last = {};

  double median() {
    std::sort(costs.begin(), costs.end());
    return costs[costs.size() / 2];
  }
};

void print_finds(const Outcome& result) {
  std::printf("%10ju lines, %8ju decoded, %7ju events, %7ju lock timeouts\n",
              static_cast<std::uintmax_t>(result.lines),
              static_cast<std::uintmax_t>(result.decoded),
              static_cast<std::uintmax_t>(result.events),
              static_cast<std::uintmax_t>(result.lock_timeouts));
}

void race(const fs::path& log, int rounds) {
  const auto bytes = fs::file_size(log);
  const auto widest = widest_sieve();
  std::vector<Contender> contenders{
      {"floor: bare read(), 256 KiB each", bare_read},
      {"read, count newlines with memchr", count_newlines},
      {"the exporter's reader", read_as_exporter},
      {"read, sieve, decode, classify",
       [&](int file) { return find_events(file, widest); }}};
  if (widest != SieveWidth::bytes_16)
    contenders.push_back({"the same with vectors of 16 bytes", [](int file) {
                            return find_events(file, SieveWidth::bytes_16);
                          }});
  for (int round = 0; round <= rounds; ++round)
    for (auto& contender : contenders) {
      contender.last = measure_on(log, contender.work);
      if (round > 0) contender.costs.push_back(per_gib(contender.last, bytes));
    }
  std::printf("%ju MiB, medians of %d rounds\n", bytes / kMiB, rounds);
  const double floor = contenders.front().median();
  for (auto& contender : contenders) {
    std::printf(
        "  %-36s %7.4f CPU s/GiB, %5.2f times the first (%3.0f %% of its "
        "speed), %6ld KiB\n",
        contender.name, contender.median(), contender.median() / floor,
        100 * floor / contender.median(), contender.last.peak_kib);
    if (contender.last.lines > 0) {
      std::printf("    ");
      print_finds(contender.last);
    }
  }
}

std::string find_program(const char* name) {
  const char* path = std::getenv("PATH");
  std::istringstream directories{path ? path : ""};
  for (std::string directory; std::getline(directories, directory, ':');)
    if (const auto file = directory + '/' + name;
        ::access(file.c_str(), X_OK) == 0)
      return file;
  return {};
}

constexpr const char* kMtailProgram = R"mtail(counter session_file_locked
counter lines by level
/session file locked/ {
  session_file_locked++
}
/"logLevelName":"(?P<level>[A-Z]+)"/ {
  lines[$level]++
}
)mtail";

Outcome run_mtail(const std::string& program, const fs::path& directory,
                  const fs::path& log) {
  const auto programs = directory / "programs";
  fs::create_directories(programs);
  std::ofstream{programs / "lines.mtail"} << kMtailProgram;
  const auto output = directory / "mtail.prom";
  const pid_t child = ::fork();
  if (child < 0) die("fork");
  if (child == 0) {
    const int file = ::open(output.c_str(), O_WRONLY | O_CREAT, 0600);
    const int nothing = ::open("/dev/null", O_WRONLY);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(nothing, STDERR_FILENO);
    ::execl(program.c_str(), "mtail", "--logtostderr", "--one_shot",
            "--one_shot_format", "prometheus", "--progs", programs.c_str(),
            "--logs", log.c_str(), nullptr);
    ::_exit(127);
  }
  Outcome result;
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (status != 0) std::printf("  mtail failed, status %d\n", status);
  take_usage(result, usage);
  return result;
}

void compare_rivals(const fs::path& directory, const fs::path& log,
                    int rounds) {
  const auto bytes = fs::file_size(log);
  Contender exporter{"the exporter's reader", read_as_exporter};
  for (int round = 0; round < rounds; ++round) {
    exporter.last = measure_on(log, exporter.work);
    exporter.costs.push_back(per_gib(exporter.last, bytes));
  }
  const double ours = exporter.median();
  std::printf("%ju MiB, rivals once\n", bytes / kMiB);
  const auto print = [&](const char* name, const Outcome& result) {
    const double cost = per_gib(result, bytes);
    std::printf(
        "  %-36s %7.3f CPU s/GiB, %5.1f times the exporter's, %6ld KiB\n", name,
        cost, cost / ours, result.peak_kib);
  };
  const auto& sieved = exporter.last;
  std::printf("  %-36s %7.3f CPU s/GiB\n    ", exporter.name, ours);
  print_finds(sieved);
  const auto decoded = measure_on(log, decode_everything);
  print("decode and classify each line", decoded);
  std::printf("    ");
  print_finds(decoded);
  if (sieved.events != decoded.events) die("the sieve lost events");
  const auto mtail = find_program("mtail");
  if (mtail.empty()) {
    std::printf("  mtail not found\n");
    return;
  }
  print("mtail --one_shot", run_mtail(mtail, directory, log));
  std::ifstream output{directory / "mtail.prom"};
  std::printf("%s\n",
              std::string{std::istreambuf_iterator<char>{output}, {}}.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int index, int otherwise) {
    return argc > index ? std::max(1, std::atoi(argv[index])) : otherwise;
  };
  const auto mib = static_cast<std::size_t>(argument(1, 1024));
  const int rounds = argument(2, 21);
  const auto rival_mib = static_cast<std::size_t>(argument(3, 64));
  const WorkDirectory directory;
  const auto log = directory.path() / "openclaw-2026-11-20.log";
  const auto slice = directory.path() / "slice.log";
  const auto turns = static_cast<unsigned>(std::min(argument(4, 5), 97));
  write_log(log, mib * kMiB, turns);
  write_log(slice, std::min(mib, rival_mib) * kMiB, turns);
  race(log, rounds);
  compare_rivals(directory.path(), slice, rounds);
  return 0;
}
