// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/wall_time.h"

namespace openclaw_lock {

/// Label `store`: where a gateway keeps its sessions, and so what guards them.
enum class Store {
  jsonl,         ///< files, each with its lock file: up to 2026.7.35
  sqlite_lease,  ///< SQLite with leases: pre-releases 2026.7.2-beta, 8.1-beta
  sqlite,        ///< SQLite; there are no lock files: 2026.8.1 on
  unknown,       ///< nothing there tells
};

constexpr std::string_view to_string(Store store) {
  switch (store) {
    case Store::jsonl:
      return "jsonl";
    case Store::sqlite_lease:
      return "sqlite_lease";
    case Store::sqlite:
      return "sqlite";
    case Store::unknown:
      return "unknown";
  }
  return "unknown";
}

/// What was found of a state directory.
struct StoreTraces {
  /// A singleton lock with `ownerId`, or one that has a state directory and no
  /// `ownerId`.
  bool owner_lock = false;
  bool lease_lock = false;
  /// mtime of the newest `tmp/openclaw-UID/gateway.state.lock*`.
  std::optional<WallTime> sqlite_gateway_at;
  /// mtime of the newest `agents/*/sessions/sessions.json`.
  std::optional<WallTime> session_store_at;
};

/// A database alone proves nothing: they are there from 2026.6.1 on, beside the
/// lock files. Pure.
Store judge_store(const StoreTraces& traces);

/// `meta.lastTouchedVersion` of an openclaw.json (JSON5): the version of
/// OpenClaw that last wrote it. Empty where there is none; at most 32
/// characters of [0-9A-Za-z.-], anything else is none.
std::string last_touched_version(std::string_view config);

}  // namespace openclaw_lock
