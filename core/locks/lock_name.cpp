// SPDX-License-Identifier: Apache-2.0
#include "core/locks/lock_name.h"

namespace openclaw_lock {

std::optional<LockKind> lock_kind(std::string_view file_name) {
  constexpr std::string_view kSessionSuffix = ".jsonl.lock";
  if (file_name == "sessions.json.lock") return LockKind::session_store;
  if (file_name.starts_with('.') || !file_name.ends_with(kSessionSuffix))
    return {};
  return LockKind::session;
}

}  // namespace openclaw_lock
