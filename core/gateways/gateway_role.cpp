// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/gateway_role.h"

#include <algorithm>
#include <array>
#include <cctype>

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

/// Options of Node.js and Bun that may take the next argument.
bool runtime_takes_value(std::string_view option) {
  constexpr std::array kOptions{"-r",
                                "--require",
                                "--import",
                                "--loader",
                                "--experimental-loader",
                                "-C",
                                "--conditions",
                                "--env-file",
                                "--env-file-if-exists",
                                "--title",
                                "--icu-data-dir",
                                "--openssl-config",
                                "--redirect-warnings",
                                "--disable-warning",
                                "--diagnostic-dir",
                                "--report-dir",
                                "--cpu-prof-dir",
                                "--heap-prof-dir",
                                "--preload",
                                "--cwd",
                                "--config",
                                "-c"};
  return std::ranges::find(kOptions, option) != kOptions.end();
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
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

/// Of no other package.
bool is_openclaw_entry(std::string_view path) {
  return is_named(path, "openclaw") || is_named(path, "openclaw.mjs") ||
         (is_entry_file(path) &&
          (path.starts_with("openclaw/") ||
           path.find("/openclaw/") != std::string_view::npos));
}

bool is_runtime_name(std::string_view name) {
  constexpr std::array kStarts{"node", "bun", "deno", "electron", "openclaw"};
  return std::ranges::any_of(
      kStarts, [&](const char* start) { return name.starts_with(start); });
}

bool is_runtime(std::string_view comm, const Pieces& argv) {
  return comm == "MainThread" || is_runtime_name(comm) ||
         is_runtime_name(base_name(argv[0]));
}

/// Where the entry file is among the arguments.
struct Entry {
  std::size_t at = 0;
  bool is_program = false;  ///< what the runtime was given to run
};

std::optional<Entry> find_entry(const Pieces& argv) {
  const auto start = base_name(argv[0]);
  if (start == "openclaw" || start == "openclaw-gateway") return Entry{0, true};
  std::size_t operand = 1;
  const bool has_commands = start.starts_with("bun") || start.starts_with("de");
  while (operand < argv.size() &&
         (is_option(argv[operand]) ||
          (has_commands && (argv[operand] == "run" || argv[operand] == "x"))))
    operand += runtime_takes_value(argv[operand]) ? 2U : 1U;
  for (std::size_t i = operand; i < argv.size(); ++i)
    if (is_entry_file(argv[i])) return Entry{i, i == operand};
  return {};
}

enum class Runs { gateway, perhaps, other };

/// `gateway`, `gateway run` or `gateway --flags`; `gateway status` and the like
/// are commands. Behind an option that nobody knows a word may be its value.
Runs what_runs(const Pieces& argv, std::size_t first) {
  auto found = Runs::gateway;
  for (std::size_t i = first; i < argv.size(); ++i) {
    if (is_option(argv[i])) {
      if (takes_value(argv[i])) ++i;
      continue;
    }
    if (argv[i] == "gateway") {
      const bool alone = i + 1 == argv.size() || is_option(argv[i + 1]) ||
                         argv[i + 1] == "run";
      return alone ? found : Runs::other;
    }
    if (i == first || !is_option(argv[i - 1])) return Runs::other;
    found = Runs::perhaps;
  }
  return Runs::other;
}

bool has_argument(const Pieces& argv, std::size_t first,
                  std::string_view word) {
  return std::find(argv.begin() + static_cast<std::ptrdiff_t>(first),
                   argv.end(), word) != argv.end();
}

ProcessRole role_of_title(std::string_view comm, std::string_view title) {
  while (title.ends_with(' ')) title.remove_suffix(1);
  if (title == "openclaw-gateway")
    return comm == "openclaw-gatewa" ? ProcessRole::gateway
                                     : ProcessRole::possible;
  if (is_named(title, "openclaw"))
    return comm == "openclaw" ? ProcessRole::shared : ProcessRole::possible;
  const auto words = split_blanks(title);
  return words.size() > 1 && std::ranges::any_of(words, is_entry_file)
             ? ProcessRole::possible
             : ProcessRole::none;
}

ProcessRole role_of_arguments(std::string_view comm, const Pieces& argv) {
  const auto entry = find_entry(argv);
  if (!entry) return ProcessRole::none;
  const auto runs = what_runs(argv, entry->at + 1);
  const bool known = is_runtime(comm, argv);
  if (runs == Runs::gateway && entry->is_program && known)
    return ProcessRole::started;
  if (runs != Runs::other) return ProcessRole::possible;
  const bool is_command = is_openclaw_entry(argv[entry->at]) ||
                          has_argument(argv, entry->at + 1, "agent");
  return is_command && entry->is_program && known ? ProcessRole::command
                                                  : ProcessRole::none;
}

}  // namespace

ProcessRole role_of_process(std::string_view comm, const Pieces& argv) {
  if (argv.empty()) return ProcessRole::none;
  const auto role = argv.size() == 1 ? role_of_title(comm, argv[0])
                                     : role_of_arguments(comm, argv);
  return role == ProcessRole::none && comm.starts_with("openclaw")
             ? ProcessRole::command
             : role;
}

ProcessRole role_after(ProcessRole before, ProcessRole now) {
  return std::max(before, now);
}

bool may_be_openclaw(std::string_view comm, const Pieces& argv) {
  if (argv.empty() || is_runtime(comm, argv) ||
      role_of_process(comm, argv) != ProcessRole::none)
    return true;
  return std::ranges::any_of(argv, [](std::string_view argument) {
    constexpr std::string_view kName = "openclaw";
    const auto same = [](char byte, char wanted) {
      return std::tolower(static_cast<unsigned char>(byte)) == wanted;
    };
    return std::search(argument.begin(), argument.end(), kName.begin(),
                       kName.end(), same) != argument.end();
  });
}

std::string_view profile_of_arguments(const Pieces& argv) {
  constexpr std::string_view kProfile = "--profile";
  bool follows_gateway = false;
  for (std::size_t i = 0; i < argv.size(); ++i) {
    follows_gateway = follows_gateway || argv[i] == "gateway";
    if (argv[i] == "--dev" && !follows_gateway) return "dev";
    if (argv[i] == kProfile && i + 1 < argv.size()) return argv[i + 1];
    if (argv[i].starts_with(kProfile) && argv[i].size() > kProfile.size() &&
        argv[i][kProfile.size()] == '=')
      return argv[i].substr(kProfile.size() + 1);
  }
  return {};
}

std::string_view entry_of_arguments(const Pieces& argv) {
  if (argv.size() < 2) return {};
  const auto entry = find_entry(argv);
  if (!entry || argv[entry->at].find('/') == std::string_view::npos) return {};
  return argv[entry->at];
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
  constexpr std::string_view kDatabase = ".sqlite";
  if (path.ends_with(kDatabase)) path.remove_suffix(kDatabase.size());
  if (!path.ends_with("/gateway.state.lock")) return {};
  const auto owner = path.rfind('/', path.rfind('/') - 1);
  if (owner == std::string_view::npos) return {};
  const auto directory = path.substr(0, owner);
  constexpr std::string_view kTmp = "/tmp";
  return path.substr(owner).starts_with("/openclaw-") &&
                 directory.size() > kTmp.size() && directory.ends_with(kTmp)
             ? directory.substr(0, directory.size() - kTmp.size())
             : std::string_view{};
}

std::string_view gateway_lock_path(std::string_view path) {
  constexpr std::string_view kDeleted = " (deleted)";
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  const auto file = path.rfind('/');
  if (file == std::string_view::npos || file == 0) return {};
  const auto owner = path.rfind('/', file - 1);
  const bool is_lock = owner != std::string_view::npos &&
                       path.ends_with(".lock") &&
                       path.substr(file).starts_with("/gateway.") &&
                       path.substr(owner).starts_with("/openclaw-");
  return is_lock ? path : std::string_view{};
}

std::optional<std::uint64_t> socket_inode(std::string_view link) {
  constexpr std::string_view kStart = "socket:[";
  if (!link.starts_with(kStart) || !link.ends_with(']')) return {};
  link.remove_prefix(kStart.size());
  link.remove_suffix(1);
  return parse_integer<std::uint64_t>(link);
}

}  // namespace openclaw_lock
