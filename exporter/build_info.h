// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace openclaw_lock {

/// What the build was made of: labels of openclaw_lock_exporter_build_info and
/// the answer to --version.
extern const std::string_view kVersion;   ///< as in CMakeLists.txt
extern const std::string_view kRevision;  ///< a commit, or `unknown`
extern const std::string_view kCompiler;  ///< `g++ 12.2.0`, `clang++ 14.0.6`

}  // namespace openclaw_lock
