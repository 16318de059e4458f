// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "exporter/config/settings.h"

namespace openclaw_lock {

/// Whether the server that listens there still serves: it takes a connection
/// and a request, and answers, refuses or closes within `patience`. What it
/// answers is of no interest: a server that wants TLS or a password lives, too.
bool http_pulse(const ListenAddress& target,
                std::chrono::milliseconds patience);

}  // namespace openclaw_lock
