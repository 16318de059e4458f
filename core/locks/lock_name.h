// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace openclaw_lock {

/// Label `kind` of a lock.
enum class LockKind {
  session,        ///< agents/*/sessions/*.jsonl.lock
  session_store,  ///< sessions.json.lock, up to 2026.4.29
  gateway,        ///< the singleton lock of a gateway, see gateway_claim.h
};

/// Those of session directories.
inline constexpr LockKind kSessionLockKinds[] = {LockKind::session,
                                                 LockKind::session_store};

constexpr std::string_view to_string(LockKind kind) {
  switch (kind) {
    case LockKind::session:
      return "session";
    case LockKind::session_store:
      return "session_store";
    case LockKind::gateway:
      return "gateway";
  }
  return "";
}

/// Tells by its name whether a file of a session directory is a lock. Only
/// such files are ever opened. Dot files, `*.tmp`, `*.reclaim`, `*.sqlite` and
/// transcripts are none.
std::optional<LockKind> lock_kind(std::string_view file_name);

}  // namespace openclaw_lock
