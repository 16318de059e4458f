// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/hang_domains.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <unordered_map>
#include <utility>

#include "core/base/text.h"
#include "core/procfs/filesystem_type.h"
#include "exporter/system/clock.h"
#include "exporter/system/file.h"
#include "exporter/system/procfs_files.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {
namespace {

/// How long the kernel is not asked for changes.
constexpr std::chrono::milliseconds kFresh{50};

bool is_kernel_memory(std::string_view type) {
  return type == "proc" || type == "sysfs" || type == "cgroup2" ||
         type == "cgroup" || type == "tmpfs" || type == "devtmpfs";
}

/// PID of `PROCFS/PID/...`; empty for another path.
std::string process_of(const std::string& procfs, const std::string& path) {
  if (!path.starts_with(procfs + '/')) return {};
  const auto start = procfs.size() + 1;
  const auto pid = path.substr(start, path.find('/', start) - start);
  return parse_integer<unsigned>(pid) ? pid : std::string{};
}

}  // namespace

struct HangDomains::State {
  explicit State(std::filesystem::path mountinfo_)
      : mountinfo{std::move(mountinfo_)} {}

  /// Asks the kernel for changes of the mounts, if it is time. With `mutex`.
  void refresh();

  const std::filesystem::path mountinfo;
  std::mutex mutex;
  UniqueFd changes;  ///< open on mountinfo, for poll(2)
  bool tells_changes = false;
  MonotonicTime asked_at{};
  std::shared_ptr<const std::vector<Mount>> mounts;
  std::unordered_map<std::string, HangDomain> known;  ///< by path
};

HangDomain hang_domain_of(const std::vector<Mount>& mounts,
                          const std::string& path) {
  const Mount* mount = find_mount(mounts, path);
  if (mount == nullptr) return {"unknown", false, true};
  const auto& type = mount->filesystem;
  if (is_kernel_memory(type)) return {};
  if (type == "nfs" || type == "nfs4")
    return {"nfs " + mount->source.substr(0, mount->source.rfind(":/")), false,
            true};
  const bool local = is_local_filesystem(type);
  return {type + ' ' + mount->device, local, !local};
}

HangDomains::HangDomains(std::filesystem::path procfs)
    : procfs_{std::move(procfs)},
      state_{std::make_shared<State>(procfs_ / "self/mountinfo")} {}

void HangDomains::State::refresh() {
  const auto now = monotonic_now();
  if (mounts && tells_changes && now < asked_at + kFresh) return;
  asked_at = now;
  if (!changes) {
    changes = UniqueFd{::open(mountinfo.c_str(), O_RDONLY | O_CLOEXEC)};
    // A copy of a mountinfo has a size and tells nothing.
    struct stat found {};
    tells_changes =
        changes && ::fstat(changes.get(), &found) == 0 && found.st_size == 0;
  }
  bool changed = !mounts || !tells_changes;
  if (tells_changes) {
    pollfd event{changes.get(), POLLPRI, 0};
    changed = (::poll(&event, 1, 0) > 0 &&
               (event.revents & (POLLPRI | POLLERR)) != 0) ||
              changed;
  }
  if (!changed) return;
  const auto text = read_small_file(mountinfo, kMaxMountinfo);
  known.clear();
  if (text || !mounts)
    mounts = std::make_shared<const std::vector<Mount>>(
        text ? parse_mountinfo(*text) : std::vector<Mount>{});
}

std::shared_ptr<const std::vector<Mount>> HangDomains::mounts() {
  const std::lock_guard guard{state_->mutex};
  state_->refresh();
  return state_->mounts;
}

MountView HangDomains::view_of(const std::string& path) {
  const auto root = process_root_of(procfs_.native(), path);
  return root.empty() ? MountView{mounts(), {}}
                      : read_mount_view(procfs_, path);
}

HangDomain HangDomains::look_up(const std::string& path) {
  const auto pid = process_of(procfs_.native(), path);
  if (pid.empty()) return hang_domain_of(*mounts(), path);
  const auto root = procfs_.native() + '/' + pid + "/root";
  if (!path.starts_with(root + '/')) return {"process " + pid, true, true};
  const auto view = read_mount_view(procfs_, path);
  return hang_domain_of(*view.mounts, view.inner(path));
}

HangDomain HangDomains::domain_of(const std::string& path) {
  constexpr std::size_t kMaxKnown = 8192;
  if (path.empty()) return {};
  {
    const std::lock_guard guard{state_->mutex};
    state_->refresh();
    const auto found = state_->known.find(path);
    if (found != state_->known.end()) return found->second;
  }
  auto domain = look_up(path);
  const std::lock_guard guard{state_->mutex};
  if (state_->known.size() >= kMaxKnown) state_->known.clear();
  state_->known.emplace(path, domain);
  return domain;
}

}  // namespace openclaw_lock
