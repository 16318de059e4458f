// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>

namespace openclaw_lock {

/// Runs `body` in a process of its own, and returns what it said, then `exit N`
/// unless it ended with 0, or `signal N`.
inline std::string in_child(
    const std::function<void(const std::function<void(const std::string&)>&)>&
        body) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "no pipe";
  const auto child = ::fork();
  if (child == 0) {
    int status = 0;
    try {
      body([&](const std::string& text) {
        if (::write(ends[1], text.data(), text.size()) < 0) ::_exit(99);
      });
    } catch (...) {
      status = 98;
    }
    ::_exit(status);
  }
  ::close(ends[1]);
  std::string said;
  std::array<char, 4096> chunk;
  for (;;) {
    const auto got = ::read(ends[0], chunk.data(), chunk.size());
    if (got <= 0) break;
    said.append(chunk.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) said += "signal " + std::to_string(WTERMSIG(status));
  if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
    said += "exit " + std::to_string(WEXITSTATUS(status));
  return said;
}

}  // namespace openclaw_lock
