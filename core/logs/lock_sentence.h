// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// What an Error text says of a lock that was not had. The sentences
/// (`openclaw` package, src/agents/session-write-lock-error.ts and
/// src/config/sessions/store.ts):
///
///     session file locked (timeout {N}ms): {owner} {path}   1.29 to 8.1-beta.1
///     timeout acquiring session store lock: {path}          1.29 to 2.12
///     timeout waiting for session store lock: {store}       2.17 to 4.29
///
/// owner: `pid=P` or `unknown` (to 5.28), `pid=P alive=true ageMs=A`,
/// `owner=unknown` (6.1 to 7.35), `another OpenClaw process` with a path
/// `sqlite:session-write:[...]` (7.2-beta.7, 8.1-beta.1).
struct LockSentence {
  std::optional<std::chrono::milliseconds> wait;  ///< absent where unlimited
  std::optional<int> pid;    ///< of the holder, in the writer's PID namespace
  std::string path;          ///< of the lock, or of the store; may be empty
  bool names_store = false;  ///< the text itself says session store
};

/// The text without leading class names: `SomeError: Error: text`, up to four.
std::string_view without_error_classes(std::string_view error);

/// Reads an Error text without class names that begins with such a sentence;
/// what follows it (`"`, `: code=...`) is ignored. Empty for any other text.
std::optional<LockSentence> parse_lock_sentence(std::string_view error);

/// The last component of a path of either kind, `/srv/x` or `C:\srv\x`.
std::string_view file_name_of(std::string_view path);

/// `main` of `.../agents/main/sessions/x.jsonl.lock` and of
/// `.../agents/main/agent/openclaw-agent.sqlite`, also with backslashes behind
/// `C:\` or `\\host\`; else empty.
std::string agent_of_path(std::string_view path);

/// `main` of the lane `session:agent:main:telegram:1`, else empty.
std::string agent_of_lane(std::string_view lane);

}  // namespace openclaw_lock
