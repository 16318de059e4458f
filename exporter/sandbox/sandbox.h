// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "exporter/config/settings.h"
#include "exporter/sandbox/confinement.h"
#include "exporter/sandbox/errand_thread.h"
#include "exporter/sandbox/refusal_watch.h"

namespace openclaw_lock {

/// Makes "read only" a promise of the kernel. The exporter falls into parts
/// that are threads, each confined to its duties: readers change nothing at
/// all; the HTTP server listens; the writer keeps to `storage.path` and the
/// directory of `textfile.path`; the watchdog connects to our own server.
///
/// Readers look into other processes (/proc/PID/root), which Landlock forbids:
/// their confinement is that of system calls. The others have both.
class Sandbox {
 public:
  /// Confines the calling thread, beside which only one may run yet that ends
  /// with the start, as a reader; and all threads that it makes from then on.
  /// Makes the directory `storage.path`, which must be there to be written to.
  /// One line of our log tells what holds, and what the kernel cannot do.
  Sandbox(const Settings& settings, bool with_watchdog);

  /// Runs it where files are written; what it throws or returns comes back.
  /// Threads that it makes write there, too.
  template <typename Errand>
  auto writing(Errand errand) {
    return writer_ ? writer_->run(std::move(errand)) : errand();
  }

  /// The same, where the HTTP server runs.
  template <typename Errand>
  auto serving(Errand errand) {
    return server_ ? server_->run(std::move(errand)) : errand();
  }

  /// The same, where our own server is asked at this TCP port whether it
  /// lives; 0: at a unix socket. Once, if the sandbox was made for it.
  template <typename Errand>
  auto watching(int port, Errand errand) {
    Duties duties;
    duties.connects = true;
    if (port != 0) duties.connects_to = {port};
    return watchdog_->run(
        [duties = std::move(duties), errand = std::move(errand)] {
          confine_this_thread(duties);
          return errand();
        });
  }

  /// Writes to our log, once, each system call that was refused because no
  /// reader is known to need it. Where the kernel has no seccomp_unotify(2),
  /// they are refused untold.
  void tell_refusals();

  /// Ends the threads that run errands: those that they have made go on, each
  /// confined as before. Nothing is to be run there any more.
  void settle();

 private:
  RefusalWatch refusals_;
  std::optional<ErrandThread> writer_;
  std::optional<ErrandThread> server_;
  std::optional<ErrandThread> watchdog_;
};

}  // namespace openclaw_lock
