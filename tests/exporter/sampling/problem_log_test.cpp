// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/problem_log.h"

#include <doctest/doctest.h>

#include "tests/support/captured_stderr.h"

using namespace openclaw_lock;

namespace {

/// How many lines of the log hold each of the words.
std::size_t count(const CapturedStderr& log, const std::string& word,
                  const std::string& other = "") {
  std::size_t found = 0;
  for (const auto& line : log.lines())
    if (line.find(word) != std::string::npos &&
        line.find(other) != std::string::npos)
      ++found;
  return found;
}

const Problem kDenied{Fault::denied, "/srv/state", "Permission denied"};

}  // namespace

TEST_CASE("ProblemLog: tells a problem once while it lasts") {
  const CapturedStderr log;
  ProblemLog problems{"locks", "main"};
  for (int i = 0; i < 5; ++i) problems.tell({kDenied, kDenied});
  CHECK(count(log, "level=warn") == 1);
  CHECK(count(log, "source=locks", "gateway=main") == 1);
  CHECK(count(log, "problem=denied", "/srv/state") == 1);
  CHECK(count(log, "Permission denied") == 1);
}

TEST_CASE("ProblemLog: tells when it is over, and when it comes again") {
  const CapturedStderr log;
  ProblemLog problems{"locks", "main"};
  problems.tell({kDenied});
  problems.tell({});
  problems.tell({});
  CHECK(count(log, "problem is over", "/srv/state") == 1);
  problems.tell({kDenied});
  CHECK(count(log, "level=warn") == 2);
}

TEST_CASE("ProblemLog: another kind or place is another problem") {
  const CapturedStderr log;
  ProblemLog problems{"locks"};
  problems.tell({kDenied});
  problems.tell({kDenied, {Fault::io, "/srv/state", "x"}});
  problems.tell({kDenied, {Fault::denied, "/srv/other", "x"}});
  CHECK(count(log, "level=warn") == 3);
  CHECK(count(log, "problem is over") == 1);
}

TEST_CASE("ProblemLog: one that is elsewhere by now is not over") {
  const CapturedStderr log;
  ProblemLog problems{"logs", "main"};
  problems.tell({{Fault::missing, "/tmp/openclaw", "no log"}});
  problems.tell({{Fault::missing, "/tmp/openclaw-1000", "no log"}});
  CHECK(count(log, "problem is over") == 0);
  CHECK(count(log, "where=/tmp/openclaw-1000",
              "reason=\"no log, as before at /tmp/openclaw\"") == 1);
  problems.tell({});
  CHECK(count(log, "problem is over", "where=/tmp/openclaw-1000") == 1);
  CHECK(log.lines().size() == 3);
}

TEST_CASE("ProblemLog: of two that end one may be elsewhere") {
  const CapturedStderr log;
  ProblemLog problems{"logs", "main"};
  problems.tell({{Fault::io, "/a", "x"}, {Fault::io, "/b", "x"}});
  problems.tell({{Fault::io, "/c", "x"}});
  CHECK(count(log, "where=/c", "as before at /a") == 1);
  CHECK(count(log, "problem is over", "where=/b") == 1);
  CHECK(log.lines().size() == 4);
}

TEST_CASE("ProblemLog: at most 20 lines a round, and how many more there are") {
  const CapturedStderr log;
  ProblemLog problems{"locks"};
  std::vector<Problem> many;
  for (int i = 0; i < 10'000; ++i)
    many.push_back({Fault::malformed, "place " + std::to_string(i), "x"});
  problems.tell(many);
  CHECK(count(log, "problem while reading") == 20);
  CHECK(count(log, "not listed") == 1);
  problems.tell(many);
  CHECK(log.lines().size() == 21);
  problems.tell({});
  CHECK(count(log, "problem is over") == 20);
}
