// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/problem_log.h"

#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxLines = 20;
constexpr std::size_t kMaxRemembered = 1000;

}  // namespace

void ProblemLog::tell(const std::vector<Problem>& problems) {
  std::map<Key, std::string> now;
  std::size_t lines = 0;
  std::size_t silent = 0;
  for (const auto& problem : problems) {
    if (now.size() == kMaxRemembered) break;
    const Key key{problem.fault, problem.where};
    if (!now.emplace(key, problem.detail).second) continue;
    if (lasting_.contains(key)) continue;
    if (lines == kMaxLines) {
      ++silent;
      continue;
    }
    ++lines;
    log::warn("problem while reading", {{"source", source_},
                                        {"gateway", gateway_},
                                        {"problem", to_string(problem.fault)},
                                        {"where", problem.where},
                                        {"reason", problem.detail}});
  }
  if (silent > 0)
    log::warn("more problems of this round are not listed",
              {{"source", source_},
               {"gateway", gateway_},
               {"count", std::to_string(silent)}});
  for (const auto& [key, detail] : lasting_) {
    if (now.contains(key) || lines++ >= kMaxLines) continue;
    log::info("problem is over", {{"source", source_},
                                  {"gateway", gateway_},
                                  {"problem", to_string(key.first)},
                                  {"where", key.second}});
  }
  lasting_ = std::move(now);
}

}  // namespace openclaw_lock
