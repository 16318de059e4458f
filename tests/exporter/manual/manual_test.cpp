// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "exporter/config/flags.h"
#include "exporter/manual/man_page.h"
#include "exporter/manual/shell_completion.h"

using namespace openclaw_lock;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("known_flags: choices are words that are right") {
  bool some = false;
  for (const auto& flag : known_flags()) {
    std::string_view left = flag.choices;
    while (!left.empty()) {
      const auto word = left.substr(0, left.find(' '));
      CAPTURE(flag.name);
      CAPTURE(word);
      Settings settings;
      CHECK_FALSE(flag.apply(settings, word));
      CHECK(holds(std::string{flag.description}, std::string{word}));
      left.remove_prefix(std::min(left.size(), word.size() + 1));
      some = true;
    }
  }
  CHECK(some);
}

TEST_CASE("man_page: hyphens can be copied, and it has version and date") {
  const auto page = man_page("2026-01-31");
  CHECK(holds(page, ".TH OPENCLAW\\-LOCK\\-EXPORTER 1 2026-01-31 "));
  CHECK(holds(page, "\n.BI \\-\\-log.level= LEVEL\n"));
  CHECK(holds(page, "\n.BR \\-h \", \" \\-\\-help\n"));
  CHECK(holds(page,
              "\n.B \\-\\-collector.locks\\fR, "
              "\\fB\\-\\-no\\-collector.locks\n"));
  CHECK(holds(page, "\n.B SIGHUP\n"));
  CHECK(holds(page, "\n.I /\\-/reload\n"));
  for (const auto& flag : known_flags()) {
    CAPTURE(flag.name);
    CHECK(holds(page, "\n.SS " + std::string{flag.group} + "\n"));
  }
}

TEST_CASE("bash_completion, zsh_completion: every flag") {
  const auto bash = bash_completion();
  const auto zsh = zsh_completion();
  for (const auto& flag : known_flags()) {
    const std::string name{flag.name};
    CAPTURE(name);
    CHECK(holds(bash, " --" + name + (flag.is_switch() ? "" : "=")));
    CHECK(holds(zsh, "--" + name));
    CHECK(holds(bash, "--no-" + name) == flag.negatable);
    CHECK(holds(zsh, "--no-" + name) == flag.negatable);
  }
  CHECK(holds(zsh, "'*--openclaw.log="));
  CHECK(holds(zsh, "'--storage.path="));
}
