// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/glob_walker.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

/// The matches below the tree's root, `path{captures}` each.
std::string walk(const TempTree& tree, const std::string& pattern,
                 std::size_t max_matches = 100) {
  std::vector<Problem> problems;
  std::string text;
  for (const auto& match :
       expand_glob(tree.path(pattern), max_matches, problems)) {
    text += match.path.substr(tree.root().native().size() + 1) + '{';
    for (const auto& capture : match.captures) text += capture + ',';
    text += "} ";
  }
  for (const auto& problem : problems)
    text += std::string{to_string(problem.fault)} + ' ';
  return text;
}

}  // namespace

TEST_CASE(
    "expand_glob: directories that match, sorted, with what * stood "
    "for") {
  const TempTree tree{{"oc2/config/x", ""},
                      {"oc10/config/x", ""},
                      {"oc1/config/x", ""},
                      {"other/config/x", ""},
                      {"oc3/data", ""}};
  CHECK(walk(tree, "oc*/config") ==
        "oc1/config{1,} oc10/config{10,} oc2/config{2,} ");
  CHECK(walk(tree, "oc*/c*g") ==
        "oc1/config{1,onfi,} oc10/config{10,onfi,} oc2/config{2,onfi,} ");
  CHECK(walk(tree, "oc?/config") == "oc1/config{} oc2/config{} ");
}

TEST_CASE(
    "expand_glob: a pattern without wildcards gives itself, there or "
    "not") {
  const TempTree tree{};
  CHECK(walk(tree, "none/at/all") == "none/at/all{} ");
}

TEST_CASE("expand_glob: what is missing behind a wildcard is left out") {
  const TempTree tree{{"a1/x/y", ""}, {"a2/z", ""}};
  CHECK(walk(tree, "a*/x") == "a1/x{1,} ");
  CHECK(walk(tree, "none/*/x") == "");
}

TEST_CASE("expand_glob: files are no matches, links to directories are") {
  const TempTree tree{{"a-file", ""},
                      TreeEntry::directory("a-dir"),
                      TreeEntry::symlink("a-link", "a-dir"),
                      TreeEntry::symlink("a-gone", "nowhere"),
                      TreeEntry::fifo("a-fifo")};
  CHECK(walk(tree, "a-*") == "a-dir{dir,} a-link{link,} ");
}

TEST_CASE("expand_glob: a wildcard is not a leading dot") {
  const TempTree tree{TreeEntry::directory(".hidden"),
                      TreeEntry::directory(".openclaw-work")};
  CHECK(walk(tree, "*") == "");
  CHECK(walk(tree, ".openclaw-*") == ".openclaw-work{work,} ");
}

TEST_CASE(
    "expand_glob: a loop of links is a match that others will trip "
    "over") {
  const TempTree tree{TreeEntry::symlink("a-loop", "a-loop")};
  CHECK(walk(tree, "a-*") == "a-loop{loop,} ");
}

TEST_CASE("expand_glob: no more than asked for, and told") {
  TempTree tree{};
  for (int i = 0; i < 9; ++i)
    tree.add(TreeEntry::directory("d" + std::to_string(i)));
  std::vector<Problem> problems;
  CHECK(expand_glob(tree.path("d*"), 4, problems).size() == 4);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].fault == Fault::too_big);
  CHECK(problems[0].where == tree.path("d*"));
  CHECK(expand_glob(tree.path("d*"), 9, problems).size() == 9);
  CHECK(problems.size() == 1);
}

TEST_CASE("expand_glob: what cannot be listed is told") {
  if (::getuid() == 0) return;
  const TempTree tree{{"open/x", ""}, TreeEntry::directory("shut", 0)};
  CHECK(walk(tree, "*/*") == "denied ");
}
