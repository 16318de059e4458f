// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/gateway_locks.h"

#include <openssl/sha.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
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

/// False where a lock may get other content without a trace in its directory:
/// it is being written.
bool read_into(const std::string& path, GatewayLocks& locks) {
  const auto directory = open_directory(path);
  if (!directory) {
    locks.readable = directory.problem().fault == Fault::missing;
    return true;
  }
  struct stat found {};
  if (::fstat(directory->get(), &found) != 0) return false;
  const std::uint64_t device = found.st_dev;
  bool complete = true;
  for (const auto& name :
       entries(*directory, "gateway.", ".lock", locks.readable)) {
    // In this order: what is read is of this file or of a newer one.
    const auto file = stat_lock_file(*directory, name);
    const auto text = file ? read_lock_text(*directory, name) : file.problem();
    if (!text) {
      const auto fault = text.problem().fault;
      if (fault != Fault::missing && fault != Fault::malformed)
        locks.readable = false;
      complete = false;
      continue;
    }
    auto claim = parse_gateway_claim(*text);
    complete = complete && claim;
    locks.locks.push_back({path, name, device, file->identity,
                           file->modified_at,
                           claim ? *std::move(claim) : GatewayClaim{}});
  }
  return complete;
}

}  // namespace

const GatewayLocks& GatewayLockReader::read_directory(const std::string& path,
                                                      WallTime now) {
  auto& known = directories_[path];
  known.used = true;
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    known = {};
    known.locks.readable = fault_of(errno) == Fault::missing;
    return known.locks;
  }
  if (known.stamp.holds(found, now)) return known.locks;
  known.locks = {};
  const bool complete = read_into(path, known.locks);
  known.stamp = complete ? DirectoryStamp{found, now} : DirectoryStamp{};
  return known.locks;
}

GatewayLocks GatewayLockReader::read_all(const std::string& tmp, WallTime now) {
  GatewayLocks locks;
  struct stat found {};
  auto& known = tmps_[tmp];
  known.used = true;
  if (::stat(tmp.c_str(), &found) != 0) {
    known = {};
    locks.readable = fault_of(errno) == Fault::missing;
    return locks;
  }
  if (!known.stamp.holds(found, now)) {
    known = {};
    if (const auto directory = open_directory(tmp)) {
      known.names = entries(*directory, "openclaw-", "", known.readable);
      known.stamp = DirectoryStamp{found, now};
    } else {
      known.readable = directory.problem().fault == Fault::missing;
    }
  }
  locks.readable = known.readable;
  for (const auto& name : known.names) {
    auto& directory = locks.directories.emplace_back(tmp + '/' + name);
    const auto& more = read_directory(directory, now);
    locks.readable = locks.readable && more.readable;
    locks.locks.insert(locks.locks.end(), more.locks.begin(), more.locks.end());
  }
  return locks;
}

void GatewayLockReader::forget_unread() {
  const auto forget = [](auto& known) {
    std::erase_if(known, [](const auto& entry) { return !entry.second.used; });
    for (auto& [path, entry] : known) entry.used = false;
  };
  forget(directories_);
  forget(tmps_);
}

std::string gateway_lock_name(const std::string& config_path) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kBytes = 4;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  ::SHA256(reinterpret_cast<const unsigned char*>(config_path.data()),
           config_path.size(), digest.data());
  std::string name = "gateway.";
  for (std::size_t i = 0; i < kBytes; ++i) {
    name += kDigits[digest[i] >> 4];
    name += kDigits[digest[i] & 15];
  }
  return name + ".lock";
}

bool names_process(const GatewayClaim& claim, const Process& process) {
  const int innermost =
      process.ns_pids.empty() ? process.stat.pid : process.ns_pids.back();
  return claim.role.empty() && claim.pid == innermost &&
         (!claim.start_ticks || claim.start_ticks == process.stat.start_ticks);
}

}  // namespace openclaw_lock
