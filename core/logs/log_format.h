// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace openclaw_lock {

/// The forms of log that are read; a decoder each.
enum class LineFormat {
  openclaw_json,  ///< OpenClaw's file log
  console_text,
  console_json,
  docker_json,    ///< lines of a gateway inside
  cri,            ///< lines of a gateway inside
  journald_json,  ///< lines of a gateway inside
  json_envelope,  ///< of a log shipper: lines of a gateway inside
};

inline constexpr std::size_t kLineFormatCount = 7;

/// As in a stored position: `openclaw_json`.
std::string_view to_string(LineFormat format);

/// A gateway's own, in whatever form it has; no other writer's around it.
bool is_of_gateway(std::optional<LineFormat> format);

/// True where a gateway's line seems to stand in the middle of this one:
/// another program has put it into a form that is not known, or the gateway
/// quotes it.
bool holds_gateway_line(std::string_view line);

/// The format that a line proves; empty where it proves none (empty lines,
/// text without header, what holds_gateway_line): look at the next. Ask it once
/// a file and keep the answer, and once for the console inside a wrapper: a
/// reply of the model in a console text may hold a line of any other format.
std::optional<LineFormat> recognise_log_format(std::string_view line);

}  // namespace openclaw_lock
