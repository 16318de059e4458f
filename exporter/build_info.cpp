// SPDX-License-Identifier: Apache-2.0
#include "exporter/build_info.h"

namespace openclaw_lock {

constinit const std::string_view kVersion = OPENCLAW_LOCK_VERSION;
constinit const std::string_view kRevision = OPENCLAW_LOCK_REVISION;

#if defined(__clang__)
#define OPENCLAW_LOCK_QUOTE_(x) #x
#define OPENCLAW_LOCK_QUOTE(x) OPENCLAW_LOCK_QUOTE_(x)
constinit const std::string_view kCompiler =
    "clang++ " OPENCLAW_LOCK_QUOTE(__clang_major__) "." OPENCLAW_LOCK_QUOTE(
        __clang_minor__) "." OPENCLAW_LOCK_QUOTE(__clang_patchlevel__);
#else
constinit const std::string_view kCompiler = "g++ " __VERSION__;
#endif

}  // namespace openclaw_lock
