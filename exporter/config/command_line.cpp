// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <optional>

#include "exporter/build_info.h"
#include "exporter/config/config_file.h"
#include "exporter/config/flags.h"
#include "exporter/config/gateway_settings.h"
#include "exporter/config/log_settings.h"
#include "exporter/config/setting_values.h"

namespace openclaw_lock {
namespace {

constexpr std::string_view kProgram = "openclaw-lock-exporter";
constexpr std::string_view kSeeHelp = " (see --help)";

/// Values as they were written, by the name of the flag; a switch has `true`
/// or `false`.
using Written = std::map<std::string_view, std::vector<std::string>>;

EarlyExit exit_refusing(std::string_view reason) {
  return {2, std::string{kProgram} + ": " + std::string{reason} + '\n'};
}

EarlyExit answer(std::string text) { return {0, std::move(text)}; }

std::string version_text() {
  std::string text{kProgram};
  text.append(" ").append(kVersion).append(" (revision ").append(kRevision);
  return text.append(", ").append(kCompiler).append(")\n");
}

/// `--NAME` in front of the `=` of an argument.
std::string_view flag_part(std::string_view argument) {
  return argument.substr(0, argument.find('='));
}

const Flag* find_flag(std::string_view spelling) {
  for (const auto& flag : known_flags()) {
    const std::string name{flag.name};
    if (spelling == "--" + name ||
        (flag.negatable && spelling == "--no-" + name))
      return &flag;
  }
  return nullptr;
}

EarlyExit refuse_missing_value(const Flag& flag) {
  const auto name = "--" + std::string{flag.name};
  return exit_refusing(name + " is given without a value, expected " + name +
                       '=' + std::string{flag.value});
}

EarlyExit refuse_value(const Flag& flag) {
  const auto name = "--" + std::string{flag.name};
  return exit_refusing(
      name + " takes no value" +
      (flag.negatable ? ", use " + name + " or --no-" + std::string{flag.name}
                      : std::string{}));
}

/// CLI11 would take the next argument as the value of `--flag=`, and any word
/// as that of a switch.
std::optional<EarlyExit> check_assignments(
    const std::vector<std::string>& arguments) {
  for (const auto& argument : arguments) {
    const auto name = flag_part(argument);
    const auto* flag = find_flag(name);
    if (flag == nullptr || name.size() == argument.size()) continue;
    if (flag->is_switch()) return refuse_value(*flag);
    if (name.size() + 1 == argument.size()) return refuse_missing_value(*flag);
  }
  return {};
}

void add_flag(CLI::App& app, const Flag& flag) {
  const std::string name{flag.name};
  const std::string spelling = (name == "help" ? "-h,--" : "--") + name +
                               (flag.negatable ? ",!--no-" + name : "");
  auto* option =
      flag.is_switch() ? app.add_flag(spelling) : app.add_option(spelling);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Written collect(const CLI::App& app) {
  Written written;
  for (const auto& flag : known_flags()) {
    const auto* option = app.get_option("--" + std::string{flag.name});
    if (option->count() > 0) written[flag.name] = option->results();
  }
  return written;
}

std::optional<EarlyExit> check_leftovers(const CLI::App& app) {
  for (const auto& argument : app.remaining()) {
    if (argument.starts_with('-') && argument != "-" && argument != "--")
      return exit_refusing("unknown flag " + quote(flag_part(argument)) +
                           std::string{kSeeHelp});
    return exit_refusing("unexpected argument " + quote(argument) +
                         std::string{kSeeHelp});
  }
  return {};
}

std::optional<EarlyExit> check_repetition(const Written& written) {
  for (const auto& flag : known_flags()) {
    const auto values = written.find(flag.name);
    if (values == written.end() || flag.is_repeatable() ||
        values->second.size() == 1)
      continue;
    return exit_refusing("--" + std::string{flag.name} +
                         " is given more than once");
  }
  return {};
}

std::optional<EarlyExit> apply(const Written& written, Settings& settings) {
  for (const auto& flag : known_flags()) {
    const auto values = written.find(flag.name);
    if (values == written.end()) continue;
    if (flag.is_repeatable()) flag.clear(settings);
    for (const auto& value : values->second)
      if (const auto problem = flag.apply(settings, value))
        return exit_refusing(describe_invalid("--" + std::string{flag.name},
                                              value, problem->detail));
  }
  return {};
}

EarlyExit refuse_file(const Settings& settings, const Problem& problem) {
  if (problem.fault == Fault::malformed)
    return exit_refusing(problem.where + ": " + problem.detail);
  return exit_refusing(describe_invalid(
      "--config.file", settings.config_file.native(), problem.detail));
}

/// What can be wrong only between flags, or between flags and file.
std::optional<EarlyExit> check_together(const Written& written,
                                        const Settings& settings) {
  if (const auto problem = check_logs(settings))
    return exit_refusing(
        describe_invalid("--openclaw.log", problem->where, problem->detail));
  const auto problem = check_storage(settings);
  if (!problem) return {};
  return exit_refusing(describe_invalid(
      written.contains("storage.path") ? "--storage.path" : "storage.path",
      settings.storage_path.native(), problem->detail));
}

/// Flags are checked first, then put once more over those of the file.
std::variant<Settings, EarlyExit> combine(
    const Written& written,
    const std::function<void(const std::filesystem::path&)>& reading) {
  Settings settings;
  if (auto exit = apply(written, settings)) return *exit;
  if (!settings.config_file.empty()) {
    if (reading) reading(settings.config_file);
    auto from_file = apply_config_file(settings.config_file, Settings{});
    if (!from_file) return refuse_file(settings, from_file.problem());
    settings = *std::move(from_file);
    if (auto exit = apply(written, settings)) return *exit;
  }
  if (auto exit = check_together(written, settings)) return *exit;
  return settings;
}

/// The one error left to CLI11 is a flag that ends the line without its value;
/// its message begins with the name of the flag.
EarlyExit refuse_parse_error(const CLI::ParseError& error) {
  const std::string_view message = error.what();
  const auto* flag = find_flag(message.substr(0, message.find(':')));
  if (flag != nullptr) return refuse_missing_value(*flag);
  return exit_refusing(quote(message) + std::string{kSeeHelp});
}

}  // namespace

std::variant<Settings, EarlyExit> parse_command_line(
    const std::vector<std::string>& arguments,
    const std::function<void(const std::filesystem::path&)>& reading) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  for (const auto& flag : known_flags()) add_flag(app, flag);
  if (auto exit = check_assignments(arguments)) return *exit;
  try {
    app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
  } catch (const CLI::ParseError& error) {
    return refuse_parse_error(error);
  }
  const auto written = collect(app);
  if (written.contains("help")) return answer(help_text());
  if (written.contains("version")) return answer(version_text());
  if (auto exit = check_leftovers(app)) return *exit;
  if (auto exit = check_repetition(written)) return *exit;
  return combine(written, reading);
}

}  // namespace openclaw_lock
