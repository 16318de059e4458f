// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "exporter/sandbox/duties.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Refuses system calls (seccomp(2)) to this thread and those that it will
/// make. Whatever the duties: running programs, making processes, signals to
/// others, tracing, mounts, modules, keys, raw and datagram sockets of the
/// network, and every change of a file's owner, rights, times or attributes.
/// Unless it writes files by its duties: everything that could change one, be
/// it opening for writing, and locks. Unless it makes sockets by them: that.
/// A refused call fails with EPERM; calls that pass what they want in memory,
/// where a filter cannot see it (clone3, openat2, io_uring), with ENOSYS.
///
/// Who looks into processes, a reader, is left no more than the calls that
/// readers need: see allow_reader_calls, which `unlisted` is for.
///
/// Under AddressSanitizer tracing, and processes that share our memory, stay
/// allowed: LeakSanitizer needs them.
///
/// Needs no_new_privs. Returns why it could not, or nothing.
std::string filter_system_calls(const Duties& duties,
                                UniqueFd* unlisted = nullptr);

}  // namespace openclaw_lock
