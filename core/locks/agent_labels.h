// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// How many agents of one gateway get a label value of their own.
inline constexpr std::size_t kMaxAgentLabels = 64;

/// Gives the agents of one gateway their values of the label `agent`: the
/// first kMaxAgentLabels keep theirs for good, all later ones share `_other`.
class AgentLabels {
 public:
  static constexpr std::string_view kOther = "_other";

  /// `agent` is the name of the directory below agents/, any bytes.
  const std::string& label(std::string_view agent);

 private:
  std::map<std::string, std::string, std::less<>> labels_;
};

}  // namespace openclaw_lock
