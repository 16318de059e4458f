// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/processes/self_reader.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>

#include "core/base/text.h"
#include "core/procfs/boot_time.h"
#include "core/procfs/process_stat.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxText = 4 << 20;

std::chrono::microseconds span_of(const timeval& time) {
  return std::chrono::seconds{time.tv_sec} +
         std::chrono::microseconds{time.tv_usec};
}

double open_descriptors() {
  double count = 0;
  if (const auto directory = open_directory("/proc/self/fd")) {
    const auto listed =
        list_directory(*directory, [&count](std::string_view, unsigned char) {
          ++count;
          return true;
        });
    if (listed) return count - 2;  // the two that the listing itself holds
  }
  return 0;
}

/// Does not change while the process runs.
double start_time_seconds() {
  const auto text = read_small_file("/proc/self/stat", kMaxText);
  const auto kernel = read_small_file("/proc/stat", kMaxText);
  if (!text || !kernel) return 0;
  const auto stat = parse_process_stat(*text);
  const auto boot = parse_boot_time(*kernel);
  if (!stat || !boot) return 0;
  return to_seconds(boot->time_since_epoch()) +
         static_cast<double>(stat->start_ticks) /
             static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

std::optional<ProcessFigures> read_self() {
  static const double kStartTime = start_time_seconds();
  ProcessFigures report;
  report.start_time_seconds = kStartTime;

  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return {};
  report.cpu_seconds =
      static_cast<double>(
          (span_of(usage.ru_utime) + span_of(usage.ru_stime)).count()) /
      1e6;

  const auto text = read_small_file("/proc/self/statm", kMaxText);
  if (!text) return {};
  const auto pages = split_blanks(*text);
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  if (pages.size() < 2) return {};
  const auto all = parse_integer<std::uint64_t>(pages[0]);
  const auto resident = parse_integer<std::uint64_t>(pages[1]);
  if (!all || !resident) return {};
  report.virtual_memory_bytes = static_cast<double>(*all) * page;
  report.resident_memory_bytes = static_cast<double>(*resident) * page;

  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    report.max_fds = static_cast<double>(limit.rlim_cur);
  report.open_fds = open_descriptors();
  return report;
}

}  // namespace openclaw_lock
