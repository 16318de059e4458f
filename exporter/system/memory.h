// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace openclaw_lock {

/// Has the allocator give back what is free, and keep one heap for all threads:
/// glibc would keep one a thread, and as much of each as it ever held. Call it
/// before the first thread.
void keep_memory_small();

}  // namespace openclaw_lock
