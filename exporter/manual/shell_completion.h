// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace openclaw_lock {

// Completions of the command line, made from known_flags(). Values: a flag's
// `choices`; files for FILE and SOURCE; directories for DIR and PATH, after
// `NAME=` where the flag takes that.

/// A script for bash; needs no other.
std::string bash_completion();

/// A function of zsh's completion system.
std::string zsh_completion();

}  // namespace openclaw_lock
