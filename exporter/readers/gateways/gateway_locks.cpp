// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/gateway_locks.h"

#include <sys/stat.h>

#include <utility>

#include "exporter/readers/locks/lock_file_reader.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxEntries = 4096;
constexpr std::size_t kMaxLocks = 64;

/// Entries that start and end so; `readable` becomes false where there may be
/// more.
std::vector<std::string> entries(const UniqueFd& directory,
                                 std::string_view start, std::string_view end,
                                 bool& readable) {
  std::vector<std::string> names;
  std::size_t seen = 0;
  const auto listed =
      list_directory(directory, [&](std::string_view name, unsigned char) {
        if (name.starts_with(start) && name.ends_with(end))
          names.emplace_back(name);
        return ++seen < kMaxEntries && names.size() < kMaxLocks;
      });
  readable = readable && listed && seen < kMaxEntries;
  return names;
}

void read_into(const std::string& path, GatewayLocks& locks) {
  const auto directory = open_directory(path);
  if (!directory) {
    if (directory.problem().fault != Fault::missing) locks.readable = false;
    return;
  }
  struct stat found {};
  if (::fstat(directory->get(), &found) != 0) return;
  const std::uint64_t device = found.st_dev;
  for (const auto& name :
       entries(*directory, "gateway.", ".lock", locks.readable)) {
    // In this order: what is read is of this file or of a newer one.
    const auto file = stat_lock_file(*directory, name);
    const auto text = file ? read_lock_text(*directory, name) : file.problem();
    if (!text) {
      const auto fault = text.problem().fault;
      if (fault != Fault::missing && fault != Fault::malformed)
        locks.readable = false;
      continue;
    }
    auto claim = parse_gateway_claim(*text);
    if (!claim) continue;
    locks.locks.push_back({path, name, device, file->identity,
                           file->modified_at, *std::move(claim)});
  }
}

}  // namespace

GatewayLocks read_gateway_locks(const std::string& directory) {
  GatewayLocks locks;
  read_into(directory, locks);
  return locks;
}

GatewayLocks read_state_gateway_locks(const std::string& state_dir) {
  GatewayLocks locks;
  const auto tmp = state_dir + "/tmp";
  const auto directory = open_directory(tmp);
  if (!directory) {
    locks.readable = directory.problem().fault == Fault::missing;
    return locks;
  }
  for (const auto& name : entries(*directory, "openclaw-", "", locks.readable))
    read_into(tmp + '/' + name, locks);
  return locks;
}

}  // namespace openclaw_lock
