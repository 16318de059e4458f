// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "exporter/config/settings.h"

namespace openclaw_lock {

/// Reads the value of --openclaw.log: `SOURCE` or `NAME=SOURCE`. Problems are
/// as in setting_values.h.
Result<LogSettings> parse_log(std::string_view text);

/// What is wrong between `logs` and one more: given twice, or one more that is
/// standard input.
std::optional<Problem> check_against(const std::vector<LogSettings>& logs,
                                     const LogSettings& next);

/// What is wrong between the logs of the command line and the gateways: a name
/// that no configured gateway can have, no name where there may be several
/// gateways, captures of a directory without as many `*`, or standard input for
/// two gateways. `where` is the value of the flag.
std::optional<Problem> check_logs(const Settings& settings);

/// The logs of the command line that belong to a gateway by the name `name`.
/// `configured`: where it comes from, null for a discovered one.
std::vector<LogSettings> logs_from_flags(const Settings& settings,
                                         const GatewaySettings* configured,
                                         std::string_view name);

}  // namespace openclaw_lock
