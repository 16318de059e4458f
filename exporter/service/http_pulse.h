// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace openclaw_lock {

/// Where an HTTP server of ours listens.
struct HttpTarget {
  std::string host;  ///< IPv4 or IPv6 address; empty: any
  int port = 0;
  std::filesystem::path unix_path = {};  ///< if not empty, instead
};

/// Whether the server still serves: it takes a connection and a request, and
/// answers, refuses or closes within `patience`. What it answers is of no
/// interest: a server that wants TLS or a password lives, too.
bool http_pulse(const HttpTarget& target, std::chrono::milliseconds patience);

}  // namespace openclaw_lock
