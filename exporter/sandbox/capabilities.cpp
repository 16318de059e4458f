// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/capabilities.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace openclaw_lock {
namespace {

constexpr std::uint64_t bit(int capability) {
  return std::uint64_t{1} << static_cast<unsigned>(capability);
}

constexpr std::array kNames{
    std::pair{CAP_DAC_OVERRIDE, "dac_override"},
    std::pair{CAP_DAC_READ_SEARCH, "dac_read_search"},
    std::pair{CAP_NET_BIND_SERVICE, "net_bind_service"},
    std::pair{CAP_SYS_PTRACE, "sys_ptrace"},
};

struct CapabilitySets {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> words{};
};

std::uint64_t permitted_now() {
  CapabilitySets sets;
  if (::syscall(SYS_capget, &sets.header, sets.words.data()) != 0) return 0;
  return sets.words[0].permitted |
         (std::uint64_t{sets.words[1].permitted} << 32);
}

void set_capabilities(std::uint64_t permitted, std::uint64_t effective) {
  CapabilitySets sets;
  for (unsigned i = 0; i < sets.words.size(); ++i) {
    sets.words[i].permitted = static_cast<std::uint32_t>(permitted >> (32 * i));
    sets.words[i].effective = static_cast<std::uint32_t>(effective >> (32 * i));
  }
  ::syscall(SYS_capset, &sets.header, sets.words.data());
}

bool may_write_to(const std::filesystem::path& directory) {
  return ::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

/// Needs the effective set to be without CAP_DAC_OVERRIDE.
bool needs_override(const Duties& duties) {
  return duties.probes_disks ||
         !std::ranges::all_of(duties.writes_below, may_write_to) ||
         !std::ranges::all_of(duties.sockets_below, may_write_to);
}

}  // namespace

std::string drop_capabilities(const Duties& duties) {
  const auto given = permitted_now();
  // Before CAP_SETPCAP is given up, which it takes.
  for (int i = 0; ::prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; ++i)
    ::prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  auto kept = given & (bit(CAP_DAC_READ_SEARCH) | bit(CAP_SYS_PTRACE));
  if (duties.uses_low_ports) kept |= given & bit(CAP_NET_BIND_SERVICE);
  set_capabilities(given, kept);
  if (needs_override(duties)) kept |= given & bit(CAP_DAC_OVERRIDE);
  set_capabilities(kept, kept);
  std::string names;
  for (const auto& [capability, name] : kNames) {
    if ((kept & bit(capability)) == 0) continue;
    if (!names.empty()) names += ',';
    names += name;
  }
  return names.empty() ? "none" : names;
}

}  // namespace openclaw_lock
