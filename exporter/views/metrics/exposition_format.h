// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace openclaw_lock {

enum class ExpositionFormat {
  text_0_0_4,         ///< Prometheus text format, the default
  openmetrics_1_0_0,  ///< when the client ranks it at least as high
};

}  // namespace openclaw_lock
