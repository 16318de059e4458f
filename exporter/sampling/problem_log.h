// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

/// Writes each problem of a reader to our log once while it lasts, and once
/// when it is over; not each round. One that is at another place by now is not
/// over, and told with the place where it was. At most 20 lines a round.
class ProblemLog {
 public:
  explicit ProblemLog(std::string source, std::string gateway = {})
      : source_{std::move(source)}, gateway_{std::move(gateway)} {}

  /// The problems of one round.
  void tell(const std::vector<Problem>& problems);

 private:
  using Key = std::pair<Fault, std::string>;  ///< what, and where
  using Problems = std::map<Key, std::string>;

  std::string source_;
  std::string gateway_;
  Problems lasting_;
};

}  // namespace openclaw_lock
