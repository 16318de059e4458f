// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/limits.h"

#include <sys/resource.h>

#include <cerrno>
#include <new>
#include <optional>
#include <system_error>

namespace openclaw_lock {
namespace {

struct Limit {
  __rlimit_resource resource;
  const char* name;
  const char* remedy;
};

constexpr Limit kFiles{RLIMIT_NOFILE, "RLIMIT_NOFILE",
                       "ulimit -n, LimitNOFILE="};
constexpr Limit kFileSize{RLIMIT_FSIZE, "RLIMIT_FSIZE",
                          "ulimit -f, LimitFSIZE="};
constexpr Limit kMemory{RLIMIT_AS, "RLIMIT_AS", "ulimit -v, LimitAS="};
constexpr Limit kThreads{RLIMIT_NPROC, "RLIMIT_NPROC",
                         "ulimit -u, LimitNPROC="};

/// Empty where there is none.
std::string tell(const Limit& limit) {
  rlimit now{};
  if (::getrlimit(limit.resource, &now) != 0 || now.rlim_cur == RLIM_INFINITY)
    return {};
  return std::string{limit.name} + " is " + std::to_string(now.rlim_cur) +
         ": " + limit.remedy;
}

std::string words_of(int error) {
  return std::generic_category().message(error);
}

std::string with(const std::string& words, const std::string& limits) {
  return limits.empty() ? words : words + " (" + limits + ')';
}

}  // namespace

std::string describe_error(int error) {
  switch (error) {
    case EMFILE:
      return with(words_of(error), tell(kFiles));
    case EFBIG:
      return with(words_of(error), tell(kFileSize));
    case ENOMEM:
      return with(words_of(error), tell(kMemory));
    default:
      return words_of(error);
  }
}

std::string describe_thread_error(int error) {
  auto limits = tell(kThreads);
  // A stack that does not fit is told by the same errno value.
  if (const auto memory = tell(kMemory); !memory.empty())
    limits += (limits.empty() ? "" : "; ") + memory;
  if (!limits.empty()) limits += "; ";
  return with(words_of(error),
              limits + "or the control group's pids.max: TasksMax=");
}

std::string describe_exception(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr)
    return describe_error(ENOMEM);
  const auto* const system = dynamic_cast<const std::system_error*>(&error);
  if (system == nullptr) return error.what();
  const std::string what = error.what();
  const auto words = words_of(system->code().value());
  const auto limits = describe_error(system->code().value());
  return what.ends_with(words) && limits.starts_with(words)
             ? what + limits.substr(words.size())
             : what;
}

}  // namespace openclaw_lock
