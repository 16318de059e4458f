// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace openclaw_lock {

/// Built with AddressSanitizer, whose LeakSanitizer stops and traces the
/// process as it ends.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kLeakSanitizer = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kLeakSanitizer = true;
#else
inline constexpr bool kLeakSanitizer = false;
#endif
#else
inline constexpr bool kLeakSanitizer = false;
#endif

}  // namespace openclaw_lock
