// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/landlock.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "exporter/system/unique_fd.h"

// The headers of Debian 12 know the second version only; these numbers and
// names are those of linux/landlock.h, and never change.
namespace openclaw_lock {
namespace {

constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr std::uint32_t kAskVersion = 1;
constexpr int kRulePathBeneath = 1;
constexpr int kRuleNetPort = 2;

struct RulesetAttributes {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;
  std::uint64_t scoped = 0;
};

struct [[gnu::packed]] PathBeneathAttributes {
  std::uint64_t allowed_access = 0;
  std::int32_t parent_fd = -1;
};

struct NetPortAttributes {
  std::uint64_t allowed_access = 0;
  std::uint64_t port = 0;
};

constexpr std::uint64_t kExecute = 1 << 0;
constexpr std::uint64_t kWriteFile = 1 << 1;
constexpr std::uint64_t kRemoveDir = 1 << 4;
constexpr std::uint64_t kRemoveFile = 1 << 5;
constexpr std::uint64_t kMakeReg = 1 << 8;
constexpr std::uint64_t kMakeSock = 1 << 9;
constexpr std::uint64_t kMakeSym = 1 << 12;
constexpr std::uint64_t kRefer = 1 << 13;
constexpr std::uint64_t kTruncate = 1 << 14;
constexpr std::uint64_t kIoctlDev = 1 << 15;
constexpr std::uint64_t kConnectTcp = 1 << 1;
constexpr std::uint64_t kAbstractUnixSocket = 1 << 0;
constexpr std::uint64_t kSignal = 1 << 1;

/// REMOVE_DIR to MAKE_SYM are one range.
constexpr std::uint64_t kFirstVersion =
    kExecute | kWriteFile | ((kMakeSym << 1) - kRemoveDir);

RulesetAttributes handled_by(int abi) {
  RulesetAttributes handled;
  handled.handled_access_fs = kFirstVersion;
  if (abi >= 2) handled.handled_access_fs |= kRefer;
  if (abi >= 3) handled.handled_access_fs |= kTruncate;
  if (abi >= 4) handled.handled_access_net = kConnectTcp;
  if (abi >= 5) handled.handled_access_fs |= kIoctlDev;
  if (abi >= 6) handled.scoped = kAbstractUnixSocket | kSignal;
  return handled;
}

/// An older kernel takes only as much of the structure as it knows.
std::size_t size_for(int abi) {
  if (abi >= 6) return sizeof(RulesetAttributes);
  return abi >= 4 ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
}

std::string reason(const std::string& what) {
  return what + ": " + std::generic_category().message(errno);
}

std::string allow_below(const UniqueFd& ruleset,
                        const std::filesystem::path& directory,
                        std::uint64_t access) {
  const UniqueFd opened{
      ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  PathBeneathAttributes rule;
  rule.allowed_access = access;
  rule.parent_fd = opened.get();
  if (opened &&
      ::syscall(kAddRule, ruleset.get(), kRulePathBeneath, &rule, 0U) == 0)
    return {};
  return reason(directory.string());
}

}  // namespace

LandlockOutcome confine_by_landlock(const Duties& duties) {
  LandlockOutcome outcome;
  const long abi = ::syscall(kCreateRuleset, nullptr, 0UL, kAskVersion);
  if (abi < 1) {
    outcome.problem = reason("landlock");
    return outcome;
  }
  outcome.abi = static_cast<int>(abi);
  const auto handled = handled_by(outcome.abi);
  const UniqueFd ruleset{static_cast<int>(
      ::syscall(kCreateRuleset, &handled, size_for(outcome.abi), 0U))};
  if (!ruleset) {
    outcome.problem = reason("landlock");
    return outcome;
  }
  const auto tell = [&](const std::string& problem) {
    if (outcome.problem.empty()) outcome.problem = problem;
  };
  constexpr auto kFiles = kWriteFile | kRemoveFile | kMakeReg | kTruncate;
  for (const auto& directory : duties.writes_below)
    tell(allow_below(ruleset, directory, kFiles & handled.handled_access_fs));
  for (const auto& directory : duties.sockets_below)
    tell(allow_below(ruleset, directory, kMakeSock | kRemoveFile));
  if (handled.handled_access_net != 0) {
    for (const auto port : duties.connects_to) {
      const NetPortAttributes rule{kConnectTcp,
                                   static_cast<std::uint64_t>(port)};
      if (::syscall(kAddRule, ruleset.get(), kRuleNetPort, &rule, 0U) != 0)
        tell(reason("landlock: port"));
    }
  }
  outcome.holds = ::syscall(kRestrictSelf, ruleset.get(), 0U) == 0;
  if (!outcome.holds) tell(reason("landlock"));
  return outcome;
}

}  // namespace openclaw_lock
