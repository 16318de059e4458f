// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "exporter/views/metrics/exposition_format.h"

namespace openclaw_lock {

/// Chooses by the header Accept (RFC 9110 12.5.1, weights included). A header
/// that names neither, or is empty or malformed, gets the text format.
ExpositionFormat choose_format(std::string_view accept);

/// Content-Type of a format.
std::string_view content_type(ExpositionFormat format);

/// True where the header Accept-Encoding allows gzip with a weight above 0.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace openclaw_lock
