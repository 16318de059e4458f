// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/config_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/gateways/openclaw_process.h"
#include "exporter/system/file.h"
#include "exporter/system/rooted_path.h"
#include "exporter/system/shut_gate.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxEnvironment = 1 << 20;
/// Changes that far apart have different stamps on all file systems (FAT).
constexpr std::chrono::seconds kStampStep{2};

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

ConfigFileStamp stamp_of(const std::string& path, const struct stat& found) {
  return {path, DirectoryIdentity{found.st_dev, found.st_ino}, found.st_size,
          mtime_in_ns(found), ctime_in_ns(found)};
}

/// What a process says of itself, while it is looked at.
class Environment {
 public:
  Environment(const ConfigPlace& place, const Gate& gate) {
    if (place.process)
      read(place.procfs + '/' + std::to_string(place.process->pid), gate);
    if (home_.empty()) guess_home(place.state_dir);
  }

  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  bool is_shut() const { return is_shut_; }
  /// All that a process has was read, or there is none.
  bool is_known() const { return is_known_; }

  ConfigEnvironment view() const {
    return {home_, working_directory_, [this](std::string_view name) {
              return value_of(variables_, name);
            }};
  }

 private:
  void read(const std::string& process, const Gate& gate) {
    const auto file = process + "/environ";
    is_shut_ = !gate(file);
    if (is_shut_) return;
    auto text = read_small_file(file, kMaxEnvironment);
    is_known_ = static_cast<bool>(text);
    if (!is_known_) return;
    text_ = *std::move(text);
    variables_ = split_nul(text_);
    std::error_code error;
    working_directory_ =
        std::filesystem::read_symlink(process + "/cwd", error).native();
    ProcessStart start;
    start.environment = variables_;
    start.working_directory = working_directory_;
    home_ = home_of(start);
    // What runs under a number without a name often has that.
    const bool has_root = value_of(variables_, "HOME") == "/" ||
                          value_of(variables_, "OPENCLAW_HOME") == "/";
    if (home_.empty() && has_root) home_ = "/";
  }

  /// The usual place of a state directory is in the home directory.
  void guess_home(const std::string& state_dir) {
    const auto name = state_dir.substr(state_dir.rfind('/') + 1);
    for (const auto* usual : {".openclaw", ".clawdbot"})
      if (name == usual || name.starts_with(std::string{usual} + '-'))
        home_ = directory_of(state_dir);
  }

  bool is_shut_ = false;
  bool is_known_ = true;
  std::string text_;
  std::vector<std::string_view> variables_;
  std::string home_;
  std::string working_directory_;
};

/// One configuration under way.
class Reading {
 public:
  Reading(const ConfigPlace& place, WallTime now, const Gate& gate)
      : place_{place}, now_{now}, gate_{gate}, environment_{place, gate} {}

  /// Null where the gate is shut.
  std::shared_ptr<OpenclawConfig> run() {
    if (environment_.is_shut()) return nullptr;
    auto config = std::make_shared<OpenclawConfig>();
    const auto environment = environment_.view();
    for (const auto& path : config_paths_of(environment, place_.state_dir)) {
      auto text = read(path, false);
      if (is_shut_) return nullptr;
      const bool is_there = text || text.problem().fault != Fault::missing;
      if (!is_there) continue;
      read_from(path, std::move(text), environment, *config);
      if (is_shut_) return nullptr;
      break;
    }
    config->root = place_.root;
    config->process = place_.process;
    config->files = std::move(files_);
    config->settled =
        is_settled_ && (environment_.is_known() || config->problems.empty());
    return config;
  }

 private:
  Problem fail(Fault fault, const std::string& path, const char* reason) const {
    return {fault, place_.root + path, reason};
  }

  std::string without_root(const std::string& path) const {
    return path.substr(place_.root.size());
  }

  void read_from(const std::string& path, Result<std::string> text,
                 const ConfigEnvironment& environment, OpenclawConfig& config) {
    auto roots = include_roots_of(environment);
    roots.insert(roots.begin(), directory_of(path));
    for (const auto& root : roots)
      if (auto real = resolve_in_root(place_.root, root, gate_))
        real_roots_.push_back(without_root(*real));
    bool is_first = true;
    auto loaded = load_config(path, roots, [&](const std::string& file) {
      if (std::exchange(is_first, false)) return std::move(text);
      return read(file, true);
    });
    if (!loaded) {
      auto problem = loaded.problem();
      // A link of the gateway's user to any public file leads here.
      if (problem.fault == Fault::malformed &&
          std::ranges::find(of_root_, problem.where) != of_root_.end())
        problem = {Fault::denied, std::move(problem.where),
                   "is of root, and no configuration"};
      if (!problem.where.starts_with(place_.root + '/'))
        problem.where.insert(0, place_.root);
      config.problems.push_back(std::move(problem));
      config.readable = false;
      return;
    }
    config.places = places_of(*loaded, environment, config.problems);
    // It writes nothing there either.
    if (!place_.process)
      std::erase_if(config.problems, [](const Problem& problem) {
        return problem.fault == Fault::missing;
      });
    for (auto& problem : config.problems)
      if (problem.where.empty()) problem.where = place_.root + path;
  }

  /// `is_included`: it must lie where includes may.
  Result<std::string> read(const std::string& path, bool is_included) {
    const auto real = resolve_in_root(place_.root, path, gate_);
    const bool is_open = real && gate_(*real);
    is_shut_ =
        is_shut_ || (real ? !is_open : real.problem().fault == Fault::timeout);
    if (!is_open) return real ? shut_gate(*real) : real.problem();
    if (is_included && !lies_in_any(without_root(*real), real_roots_))
      return fail(Fault::denied, path,
                  "a link leads out of the configuration's directory");
    files_.push_back({path});
    // A device or FIFO may do harm when it is opened at all.
    struct stat found {};
    if (::lstat(real->c_str(), &found) != 0)
      return system_problem(errno, place_.root + path);
    if (!S_ISREG(found.st_mode))
      return fail(Fault::denied, path, "is no regular file");
    const auto file =
        open_rooted({place_.root, *real}, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file)
      return Problem{file.problem().fault, place_.root + path,
                     file.problem().detail};
    if (::fstat(file->get(), &found) != 0)
      return system_problem(errno, place_.root + path);
    files_.back() = stamp_of(path, found);
    is_settled_ = is_settled_ && modified_at(found) + kStampStep <= now_;
    if (!S_ISREG(found.st_mode))
      return fail(Fault::denied, path, "is no regular file");
    const bool is_for_all = found.st_uid == 0 && (found.st_mode & S_IROTH) != 0;
    if (found.st_uid != place_.owner && !is_for_all)
      return fail(Fault::denied, path, "is of another user than its gateway");
    if (found.st_uid != place_.owner) of_root_.push_back(path);
    if (found.st_size > static_cast<off_t>(kMaxConfigBytes))
      return fail(Fault::too_big, path, "longer than 1 MiB");
    return read_bytes(*file, path, static_cast<std::size_t>(found.st_size));
  }

  /// No more than it said to have: what grows meanwhile is read again, and a
  /// file of procfs has nothing.
  Result<std::string> read_bytes(const UniqueFd& file, const std::string& path,
                                 std::size_t size) const {
    std::string text(size, '\0');
    std::size_t got = 0;
    while (got < size) {
      const auto more = ::read(file.get(), text.data() + got, size - got);
      if (more < 0 && errno == EINTR) continue;
      if (more < 0) return system_problem(errno, place_.root + path);
      if (more == 0) break;
      got += static_cast<std::size_t>(more);
    }
    text.resize(got);
    return text;
  }

  const ConfigPlace& place_;
  const WallTime now_;
  const Gate& gate_;
  const Environment environment_;
  std::vector<std::string> real_roots_;  ///< as the gateway names them
  std::vector<ConfigFileStamp> files_;
  std::vector<std::string> of_root_;  ///< those that are not its user's
  bool is_settled_ = true;
  bool is_shut_ = false;
};

bool holds(const OpenclawConfig& config, const ConfigPlace& place,
           const Gate& gate) {
  if (!config.settled || config.root != place.root ||
      config.process != place.process)
    return false;
  return std::ranges::all_of(config.files, [&](const ConfigFileStamp& file) {
    const auto real = resolve_in_root(place.root, file.path, gate);
    if (!real || !gate(*real)) return true;
    struct stat found {};
    if (::lstat(real->c_str(), &found) != 0)
      return !file.identity && errno != EACCES;
    return stamp_of(file.path, found) == file;
  });
}

}  // namespace

std::shared_ptr<const OpenclawConfig> read_config(
    const ConfigPlace& place, std::shared_ptr<const OpenclawConfig> before,
    WallTime now, const Gate& gate) {
  if (before && holds(*before, place, gate)) return before;
  auto config = Reading{place, now, gate}.run();
  if (!config) return before;
  if (before && !config->readable) config->places = before->places;
  return config;
}

}  // namespace openclaw_lock
