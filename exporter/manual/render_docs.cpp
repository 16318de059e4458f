// SPDX-License-Identifier: Apache-2.0
// Prints a page or script that is installed beside the exporter; run by the
// build:  render_docs man DATE | bash | zsh
#include <cstdio>
#include <string>
#include <vector>

#include "exporter/manual/man_page.h"
#include "exporter/manual/shell_completion.h"

int main(int argc, char** argv) {
  using namespace openclaw_lock;
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0),
                                           argv + argc);
  std::string text;
  if (arguments.size() == 2 && arguments[0] == "man") {
    text = man_page(arguments[1]);
  } else if (arguments == std::vector<std::string>{"bash"}) {
    text = bash_completion();
  } else if (arguments == std::vector<std::string>{"zsh"}) {
    text = zsh_completion();
  } else {
    std::fputs("usage: render_docs man DATE | bash | zsh\n", stderr);
    return 2;
  }
  return std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0;
}
