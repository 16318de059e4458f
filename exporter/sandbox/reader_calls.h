// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Leaves this thread, and those that it will make, the system calls that
/// readers are known to need (seccomp(2)). Any other fails with EPERM. Which
/// files a listed call may open, and the like, is filter_system_calls' matter.
///
/// With `unlisted`, such a call waits until it is answered there
/// (seccomp_unotify(2); RefusalWatch); left empty where the kernel cannot do
/// that, and calls fail untold.
///
/// Needs no_new_privs. Returns why it could not, or nothing.
std::string allow_reader_calls(UniqueFd* unlisted);

}  // namespace openclaw_lock
