// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <cstddef>
#include <functional>
#include <string>

#include "core/base/result.h"

namespace openclaw_lock {

/// Of every thread of ours. Below 2 MiB, so that the kernel backs none with a
/// huge page.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::size_t kStackBytes = 4U << 20U;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr std::size_t kStackBytes = 4U << 20U;
#else
inline constexpr std::size_t kStackBytes = 512U << 10U;
#endif
#else
inline constexpr std::size_t kStackBytes = 512U << 10U;
#endif

/// A running thread, or none. One that is neither joined nor detached when
/// this is destroyed is joined.
class Thread {
 public:
  Thread() = default;
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread();

  bool joinable() const { return joinable_; }
  void join();
  void detach();

 private:
  friend Result<Thread> start_thread(const std::string& name,
                                     std::function<void()> body,
                                     std::size_t stack_bytes);

  explicit Thread(pthread_t id) : id_{id}, joinable_{true} {}

  pthread_t id_{};
  bool joinable_ = false;
};

/// Starts a thread of this name; the kernel keeps 15 bytes of it
/// (pthread_setname_np(3)). It inherits mask and confinement of the caller.
/// What `body` throws ends it with a line of our log, nothing else. The problem
/// is Fault::io with the system's reason: too many threads (EAGAIN), no memory.
Result<Thread> start_thread(const std::string& name, std::function<void()> body,
                            std::size_t stack_bytes = kStackBytes);

/// Names the calling thread; see start_thread.
void name_thread(const std::string& name);

}  // namespace openclaw_lock
