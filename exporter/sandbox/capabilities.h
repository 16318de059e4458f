// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "exporter/sandbox/duties.h"

namespace openclaw_lock {

/// Gives up this thread's capabilities (capabilities(7)) but for those that its
/// duties can use, where it has them: CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE to
/// read what belongs to others; CAP_NET_BIND_SERVICE for low ports;
/// CAP_DAC_OVERRIDE to write where its user may not, for a disk probe or a
/// directory of its duties. Bounding, inheritable and ambient sets are emptied.
///
/// Returns the names of what is left, as in `dac_read_search,sys_ptrace`, or
/// `none`.
std::string drop_capabilities(const Duties& duties);

}  // namespace openclaw_lock
