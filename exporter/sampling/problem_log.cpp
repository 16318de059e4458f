// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/problem_log.h"

#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxLines = 20;
constexpr std::size_t kMaxRemembered = 1000;

}  // namespace

void ProblemLog::tell(const std::vector<Problem>& problems) {
  Problems now;
  std::vector<const Problem*> come;
  for (const auto& problem : problems) {
    if (now.size() == kMaxRemembered) break;
    const Key key{problem.fault, problem.where};
    if (now.emplace(key, problem.detail).second && !lasting_.contains(key))
      come.push_back(&problem);
  }
  std::multimap<std::pair<Fault, std::string>, std::string> gone;
  for (const auto& [key, detail] : lasting_)
    if (!now.contains(key))
      gone.emplace(std::pair{key.first, detail}, key.second);
  std::size_t lines = 0;
  for (const auto* problem : come) {
    auto reason = problem->detail;
    if (const auto moved = gone.find({problem->fault, problem->detail});
        moved != gone.end()) {
      reason += ", as before at " + moved->second;
      gone.erase(moved);
    }
    if (lines++ >= kMaxLines) continue;
    log::warn("problem while reading", {{"source", source_},
                                        {"gateway", gateway_},
                                        {"problem", to_string(problem->fault)},
                                        {"where", problem->where},
                                        {"reason", reason}});
  }
  if (lines > kMaxLines)
    log::warn("more problems of this round are not listed",
              {{"source", source_},
               {"gateway", gateway_},
               {"count", std::to_string(lines - kMaxLines)}});
  for (const auto& [what, where] : gone)
    if (lines++ < kMaxLines)
      log::info("problem is over", {{"source", source_},
                                    {"gateway", gateway_},
                                    {"problem", to_string(what.first)},
                                    {"where", where}});
  lasting_ = std::move(now);
}

}  // namespace openclaw_lock
