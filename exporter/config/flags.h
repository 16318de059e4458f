// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "exporter/config/settings.h"

namespace openclaw_lock {

/// One thing the user can set: how it is written on the command line and in
/// the configuration file, what --help says, and what it does.
struct Flag {
  std::string_view name;   ///< without `--`; dots are the levels of the file
  std::string_view group;  ///< heading in --help
  /// What --help calls the value; empty: a switch. A shell completes FILE and
  /// SOURCE by files, DIR and PATH by directories (shell_completion.h).
  std::string_view value = {};
  std::string_view default_text =
      {};                         ///< as the user would write it; empty: none
  std::string_view description;   ///< one line
  std::string_view choices = {};  ///< all words that are right, if they are few
  /// Applies one value, `true` or `false` for a switch. The problem says what
  /// would be right (setting_values.h).
  std::optional<Problem> (*apply)(Settings&, std::string_view value);
  /// Takes out what was there before the first value; only where a flag can be
  /// repeated.
  void (*clear)(Settings&) = nullptr;
  /// Whether the two differ in it, and it takes effect only after a restart;
  /// null: it is reloaded, or says nothing to a running exporter.
  bool (*needs_restart)(const Settings& running,
                        const Settings& next) = nullptr;
  bool in_file = true;     ///< whether the file has this key
  bool negatable = false;  ///< a switch that also has a form `--no-`

  bool is_switch() const { return value.empty(); }
  bool is_repeatable() const { return clear != nullptr; }
};

/// All flags in the order of --help, those of one group together.
std::span<const Flag> known_flags();

/// Names of the settings that differ and take effect only after a restart, as
/// in `sample.interval`, in the order of --help. The others (gateways, logs,
/// the log's level and format, the web configuration) are reloaded.
std::vector<std::string> find_restart_settings(const Settings& running,
                                               const Settings& next);

/// Text of --help.
std::string help_text();

}  // namespace openclaw_lock
