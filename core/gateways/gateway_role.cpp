// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/gateway_role.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/gateways/openclaw_process.h"

namespace openclaw_lock {
namespace {

using Pieces = std::vector<std::string_view>;

bool is_option(std::string_view argument) { return argument.starts_with('-'); }

/// Global options of OpenClaw that take the next argument.
bool takes_value(std::string_view option) {
  return option == "--profile" || option == "--log-level" ||
         option == "--container";
}

bool is_named(std::string_view path, std::string_view name) {
  return path == name || (path.size() > name.size() && path.ends_with(name) &&
                          path[path.size() - name.size() - 1] == '/');
}

bool is_entry_file(std::string_view path) {
  constexpr std::array kNames{
      "openclaw",     "openclaw.mjs", "dist/index.js",       "dist/entry.js",
      "src/entry.ts", "src/index.ts", "scripts/run-node.mjs"};
  return std::ranges::any_of(
      kNames, [&](const char* name) { return is_named(path, name); });
}

/// Arguments after the entry file; empty where there is none.
Pieces arguments_of_entry(const Pieces& argv) {
  if (argv.empty()) return {};
  const auto entry = std::find_if_not(argv.begin() + 1, argv.end(), is_option);
  if (entry == argv.end() || !is_entry_file(*entry)) return {};
  return {entry + 1, argv.end()};
}

/// `gateway`, `gateway run` or `gateway --flags`; `gateway status` and the like
/// are commands.
bool runs_gateway(const Pieces& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (is_option(arguments[i])) {
      if (takes_value(arguments[i])) ++i;
      continue;
    }
    if (arguments[i] != "gateway") return false;
    return i + 1 == arguments.size() || is_option(arguments[i + 1]) ||
           arguments[i + 1] == "run";
  }
  return false;
}

}  // namespace

ProcessRole role_of_process(std::string_view comm, const Pieces& argv) {
  if (argv.empty()) return ProcessRole::none;
  const bool titled = argv.size() == 1;
  if (comm == "openclaw-gatewa" && titled && argv[0] == "openclaw-gateway")
    return ProcessRole::gateway;
  const bool is_node = comm.starts_with("node") || comm == "MainThread";
  if (!is_node && !comm.starts_with("openclaw")) return ProcessRole::none;
  if (runs_gateway(arguments_of_entry(argv))) return ProcessRole::started;
  if (comm == "openclaw" && titled && argv[0] == "openclaw")
    return ProcessRole::shared;
  return comm.starts_with("openclaw-") && titled && argv[0].starts_with(comm)
             ? ProcessRole::command
             : ProcessRole::none;
}

std::string_view profile_of_arguments(const Pieces& argv) {
  constexpr std::string_view kProfile = "--profile";
  for (std::size_t i = 0; i < argv.size(); ++i) {
    if (argv[i] == "--dev") return "dev";
    if (argv[i] == kProfile && i + 1 < argv.size()) return argv[i + 1];
    if (argv[i].starts_with(kProfile) && argv[i].size() > kProfile.size() &&
        argv[i][kProfile.size()] == '=')
      return argv[i].substr(kProfile.size() + 1);
  }
  return {};
}

bool is_gateway_service(const Pieces& environment) {
  return value_of(environment, "OPENCLAW_SERVICE_MARKER") == "openclaw" &&
         value_of(environment, "OPENCLAW_SERVICE_KIND") == "gateway";
}

std::string temporary_directory(const Pieces& environment) {
  for (const auto* name : {"TMPDIR", "TMP", "TEMP"}) {
    auto value = value_of(environment, name);
    if (value.empty()) continue;
    while (value.size() > 1 && value.ends_with('/')) value.remove_suffix(1);
    return std::string{value.starts_with('/') ? value : "/tmp"};
  }
  return "/tmp";
}

std::string_view state_dir_of_open_file(std::string_view path) {
  if (!path.starts_with('/')) return {};
  for (const std::string_view suffix : {"-wal", "-shm"})
    if (path.ends_with(suffix)) path.remove_suffix(suffix.size());
  for (const std::string_view name :
       {"/state/openclaw.sqlite", "/tasks/runs.sqlite"})
    if (path.size() > name.size() && path.ends_with(name))
      return path.substr(0, path.size() - name.size());
  const auto file = path.rfind('/');
  const auto owner = file == 0 ? 0 : path.rfind('/', file - 1);
  const auto directory = path.substr(0, owner);
  constexpr std::string_view kTmp = "/tmp";
  const bool is_lock = path.substr(file).starts_with("/gateway.") &&
                       path.substr(owner).starts_with("/openclaw-");
  return is_lock && directory.size() > kTmp.size() && directory.ends_with(kTmp)
             ? directory.substr(0, directory.size() - kTmp.size())
             : std::string_view{};
}

bool is_gateway_lock_path(std::string_view path) {
  const auto file = path.rfind('/');
  if (file == std::string_view::npos || file == 0) return false;
  const auto owner = path.rfind('/', file - 1);
  return owner != std::string_view::npos && path.ends_with(".lock") &&
         path.substr(file).starts_with("/gateway.") &&
         path.substr(owner).starts_with("/openclaw-");
}

std::optional<std::uint64_t> socket_inode(std::string_view link) {
  constexpr std::string_view kStart = "socket:[";
  if (!link.starts_with(kStart) || !link.ends_with(']')) return {};
  link.remove_prefix(kStart.size());
  link.remove_suffix(1);
  return parse_integer<std::uint64_t>(link);
}

}  // namespace openclaw_lock
