// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#ifndef OPENCLAW_LOCK_VERSION
#define OPENCLAW_LOCK_VERSION "0.0.0"
#endif
#ifndef OPENCLAW_LOCK_REVISION
#define OPENCLAW_LOCK_REVISION "unknown"
#endif

namespace openclaw_lock {

/// What the build was made of: labels of openclaw_lock_exporter_build_info and
/// the answer to --version. The two definitions are string literals.
inline constexpr std::string_view kVersion = OPENCLAW_LOCK_VERSION;
inline constexpr std::string_view kRevision = OPENCLAW_LOCK_REVISION;

/// Such as `g++ 12.2.0` or `clang++ 14.0.6`.
#if defined(__clang__)
#define OPENCLAW_LOCK_QUOTE_(x) #x
#define OPENCLAW_LOCK_QUOTE(x) OPENCLAW_LOCK_QUOTE_(x)
inline constexpr std::string_view kCompiler =
    "clang++ " OPENCLAW_LOCK_QUOTE(__clang_major__) "." OPENCLAW_LOCK_QUOTE(
        __clang_minor__) "." OPENCLAW_LOCK_QUOTE(__clang_patchlevel__);
#undef OPENCLAW_LOCK_QUOTE
#undef OPENCLAW_LOCK_QUOTE_
#else
inline constexpr std::string_view kCompiler = "g++ " __VERSION__;
#endif

}  // namespace openclaw_lock
