// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace openclaw_lock {

/// Fields of a journal entry: any bytes.
using JournalFields = std::map<std::string, std::string>;

/// Writes journal files with systemd-journal-remote(8), which takes the export
/// format (systemd, JOURNAL_EXPORT_FORMATS) and writes as journald does. All
/// entries are of one boot, a millisecond apart, unless they say otherwise.
class JournalWriter {
 public:
  /// The first entry's `__REALTIME_TIMESTAMP`, 2026-11-20T23:10:02.836123Z.
  static constexpr std::uint64_t kFirstMicroseconds = 1795216202836123;

  /// Whether this machine has the program, or SYSTEMD_JOURNAL_REMOTE names it.
  static bool is_possible() { return ::access(program(), X_OK) == 0; }

  /// Appends to a journal file, or makes it.
  void append(const std::string& path,
              const std::vector<JournalFields>& entries) {
    const auto command =
        std::string{program()} + " --output='" + path + "' - 2>/dev/null";
    std::FILE* pipe = ::popen(command.c_str(), "we");
    if (!pipe) throw std::runtime_error{"popen"};
    for (const auto& entry : entries) {
      const auto text = to_export(entry);
      std::fwrite(text.data(), 1, text.size(), pipe);
    }
    if (::pclose(pipe) != 0) throw std::runtime_error{command};
  }

 private:
  static const char* program() {
    const char* named = std::getenv("SYSTEMD_JOURNAL_REMOTE");
    return named ? named : "/lib/systemd/systemd-journal-remote";
  }

  std::string to_export(JournalFields entry) {
    entry.try_emplace("__REALTIME_TIMESTAMP",
                      std::to_string(kFirstMicroseconds + written_ * 1000));
    entry.try_emplace("__MONOTONIC_TIMESTAMP",
                      std::to_string(1'000'000 + written_ * 1000));
    entry.try_emplace("_BOOT_ID", "0123456789abcdef0123456789abcdef");
    ++written_;
    std::string text;
    for (const auto& [name, value] : entry) text += to_export(name, value);
    return text + '\n';
  }

  static std::string to_export(const std::string& name,
                               const std::string& value) {
    if (value.find('\n') == value.npos) return name + '=' + value + '\n';
    auto text = name + '\n';
    for (unsigned byte = 0; byte < 8; ++byte)
      text += static_cast<char>((value.size() >> (8 * byte)) & 0xff);
    return text + value + '\n';
  }

  std::uint64_t written_ = 0;
};

}  // namespace openclaw_lock
