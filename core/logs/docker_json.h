// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/logs/console_line.h"
#include "core/logs/line_joiner.h"

namespace openclaw_lock {

/// Unwraps lines of Docker's `json-file` driver (moby,
/// daemon/logger/jsonfilelog; `/var/lib/docker/containers/ID/ID-json.log`):
/// `{"log":"text\n","stream":"stderr","time":"2026-11-20T23:16:17.939123456Z"}`.
/// Docker cuts lines at 16 KiB: an entry without a newline at the end is a
/// piece, joined per stream with the next.
class DockerJsonDecoder {
 public:
  /// The console line that ends here, empty for a piece. Malformed is what is
  /// no JSON object with `log` and `stream`; too_big what is longer than
  /// kMaxLogLineBytes.
  Result<std::optional<ConsoleLine>> decode(std::string_view line);

 private:
  LineJoiner out_;
  LineJoiner err_;
};

}  // namespace openclaw_lock
