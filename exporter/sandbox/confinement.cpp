// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/confinement.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "exporter/sandbox/capabilities.h"
#include "exporter/sandbox/landlock.h"
#include "exporter/sandbox/sanitizers.h"
#include "exporter/sandbox/syscall_filter.h"

namespace openclaw_lock {

Confinement confine_this_thread(const Duties& duties, UniqueFd* unlisted) {
  Confinement confinement;
  if (!duties.writes_below.empty() && ::unshare(CLONE_FS) == 0) ::umask(0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  confinement.capabilities = drop_capabilities(duties);
  if (!duties.looks_into_processes) {
    const auto landlock = confine_by_landlock(duties);
    if (landlock.holds) confinement.landlock_abi = landlock.abi;
    if (!landlock.problem.empty())
      confinement.missing.push_back(landlock.problem);
  }
  const auto problem = filter_system_calls(duties, unlisted);
  confinement.seccomp = problem.empty();
  if (!problem.empty()) confinement.missing.push_back(problem);
  return confinement;
}

void hide_memory() {
  if (!kLeakSanitizer) ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace openclaw_lock
