// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "exporter/config/settings.h"

namespace openclaw_lock {

/// Reads the value of --openclaw.state-dir: `PATH` or `NAME=PATH`. Problems
/// are as in setting_values.h.
Result<GatewaySettings> parse_gateway(std::string_view text);

/// Takes `NAME=` off the front of `text`, which may be without. What is wrong
/// with the name, as check_gateway_name() says it.
std::optional<Problem> split_gateway_name(std::string_view& text,
                                          std::string& name);

/// Whether one of its logs is `-`.
bool reads_standard_input(const GatewaySettings& gateway);

/// What is wrong with the name: empty, over 128 bytes, not UTF-8, or with
/// control characters. Nothing: it is good.
std::optional<Problem> check_gateway_name(std::string_view name);

/// What is wrong between the parts of one gateway: a name, session directory or
/// log that uses more captures than state_dir has `*`, or one name or standard
/// input for the many directories that wildcards may match.
std::optional<Problem> check_gateway(const GatewaySettings& gateway);

/// What is wrong between `gateways` and one more: the same directory, the same
/// name where neither holds captures, or both with standard input as a log.
std::optional<Problem> check_against(
    const std::vector<GatewaySettings>& gateways, const GatewaySettings& next);

/// What is wrong with a text that refers to the wildcards of a state directory:
/// it uses a `{N}` beyond them.
std::optional<Problem> check_captures(std::string_view text,
                                      std::string_view state_dir);

/// What is wrong with Settings::storage_path: it is a configured state
/// directory or lies below one, where nothing is ever written.
std::optional<Problem> check_storage(const Settings& settings);

}  // namespace openclaw_lock
