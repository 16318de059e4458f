// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// Name for a state directory that was given none: its base name without
/// leading dots (`/home/node/.openclaw` is `openclaw`). Base names that say
/// nothing (config, data, home, state) get their parent in front
/// (`/data/oc1/config` is `oc1-config`), as does a name of `taken`; in the end
/// a number is put behind.
///
/// Valid UTF-8 without control characters, 1 to 128 bytes, not in `taken`.
std::string choose_gateway_name(std::string_view state_dir,
                                const std::set<std::string>& taken);

}  // namespace openclaw_lock
