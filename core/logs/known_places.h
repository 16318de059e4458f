// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace openclaw_lock {

/// Where all watched gateways keep their state, to tell whose a record or a log
/// is.
struct KnownPlaces {
  std::vector<std::string> dirs;  ///< state directories, as the host names them
  /// Directories by the encoded profiles of their names.
  std::map<std::string, std::string> profiles;

  bool operator==(const KnownPlaces&) const = default;
};

/// `work` of `/home/node/.openclaw-work`, else empty.
std::string_view profile_of_state_dir(std::string_view path);

/// As in the name of its log (2026.8.1 on): lower case and digits stay, `-` is
/// `--`, `_` is `-0`, `X` is `-1x`, other bytes are `-2<hex>-`. Names that get
/// longer than 220 bytes are hashed there, and empty here.
std::string encode_profile(std::string_view profile);

/// The encoded profile of `openclaw-PROFILE-YYYY-MM-DD.log` and of its rotated
/// pieces; empty for `openclaw-YYYY-MM-DD.log` and all else.
std::string profile_of_log(std::string_view name);

/// Whether `path` is `directory` or lies in it.
bool lies_in(std::string_view path, std::string_view directory);

}  // namespace openclaw_lock
