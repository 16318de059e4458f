// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "exporter/sandbox/duties.h"

namespace openclaw_lock {

/// How far Landlock (landlock(7)) went.
struct LandlockOutcome {
  int abi = 0;          ///< version that the kernel has; 0: none of it
  bool holds = false;   ///< this thread is confined
  std::string problem;  ///< why it is not, or not as far as wanted; else empty
};

/// Confines this thread, and those that it will make: it writes, makes and
/// removes files only as its duties say, executes nothing, connects by TCP to
/// no other port than theirs, signals no other process and looks into none.
/// Reading is left free. What an older kernel does not know is left out.
/// Needs no_new_privs.
LandlockOutcome confine_by_landlock(const Duties& duties);

}  // namespace openclaw_lock
