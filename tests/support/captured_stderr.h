// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "exporter/system/log.h"

namespace openclaw_lock {

/// Standard error goes to a file as long as this lives.
class CapturedStderr {
 public:
  CapturedStderr() : file_{std::tmpfile()}, kept_{dup(STDERR_FILENO)} {
    REQUIRE(file_ != nullptr);
    dup2(fileno(file_), STDERR_FILENO);
  }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;
  ~CapturedStderr() {
    dup2(kept_, STDERR_FILENO);
    close(kept_);
    std::fclose(file_);
    log::configure(LogLevel::info, LogFormat::logfmt);
  }

  std::vector<std::string> lines() const {
    log::flush();
    std::string text(1 << 20, '\0');
    const auto size = pread(fileno(file_), text.data(), text.size(), 0);
    text.resize(static_cast<std::size_t>(size));
    std::istringstream stream{text};
    std::vector<std::string> found;
    for (std::string line; std::getline(stream, line);) found.push_back(line);
    return found;
  }

 private:
  std::FILE* file_;
  int kept_;
};

}  // namespace openclaw_lock
