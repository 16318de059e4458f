// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "exporter/sandbox/duties.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// What confined a thread, for our log.
struct Confinement {
  std::string capabilities;  ///< what is left of them, or `none`
  bool seccomp = false;
  int landlock_abi = 0;  ///< 0: not confined by it
  /// What the kernel could not do, in words.
  std::vector<std::string> missing;
};

/// Takes from this thread, and from all that it will make, what its duties do
/// not need: capabilities, new privileges (prctl(2)), system calls
/// (filter_system_calls) and, unless it looks into processes, what Landlock can
/// refuse (confine_by_landlock). For good. What the kernel cannot do is left
/// out and told.
///
/// `unlisted` is that of allow_reader_calls.
///
/// A thread that writes files has a umask of its own from then on, so that they
/// get the mode that it asks for.
Confinement confine_this_thread(const Duties& duties,
                                UniqueFd* unlisted = nullptr);

/// No core dump, and no look into our memory but root's; for the whole process.
void hide_memory();

}  // namespace openclaw_lock
