// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>

namespace openclaw_lock {

/// The reason of an errno value in words; where a resource limit of this
/// process (getrlimit(2)) may be behind it, with its name, its value and how to
/// raise it: `Too many open files (RLIMIT_NOFILE is 64: ulimit -n,
/// LimitNOFILE=)`.
std::string describe_error(int error);

/// The same of a thread that could not be made (pthread_create(3)).
std::string describe_thread_error(int error);

/// The same of what was thrown.
std::string describe_exception(const std::exception& error);

}  // namespace openclaw_lock
