// SPDX-License-Identifier: Apache-2.0
#include "core/locks/agent_labels.h"

#include "core/base/text.h"

namespace openclaw_lock {

const std::string& AgentLabels::label(std::string_view agent) {
  static const std::string other{kOther};
  if (const auto known = labels_.find(agent); known != labels_.end())
    return known->second;
  if (labels_.size() >= kMaxAgentLabels) return other;
  return labels_.emplace(agent, to_label_text(agent)).first->second;
}

}  // namespace openclaw_lock
