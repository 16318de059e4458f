// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/yaml_tree.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;
using namespace std::string_literals;

namespace {

/// `WHERE: DETAIL` of a text that must be refused.
std::string refused(std::string_view yaml) {
  const auto tree = parse_yaml(yaml, "c.yml");
  if (tree) return "accepted: " + std::string{yaml};
  return tree.problem().where + ": " + tree.problem().detail;
}

std::string repeat(std::string_view piece, int times) {
  std::string text;
  for (; times > 0; --times) text += piece;
  return text;
}

}  // namespace

TEST_CASE("parse_yaml: a tree with lines") {
  const auto tree =
      parse_yaml("a: 1\nb:\n- 'x'\n- {}\nc:\nd: |\n  y\n", "c.yml");
  REQUIRE(tree);
  CHECK(tree->kind == YamlNode::Kind::map);
  REQUIRE(tree->children.size() == 8);
  const auto& one = tree->children[1];
  CHECK((one.text == "1" && !one.quoted && one.line == 1));
  const auto& list = tree->children[3];
  CHECK((list.kind == YamlNode::Kind::list && list.children.size() == 2));
  CHECK((list.children[0].text == "x" && list.children[0].quoted));
  CHECK(list.children[0].line == 3);
  CHECK(list.children[1].kind == YamlNode::Kind::map);
  const auto& nothing = tree->children[5];
  CHECK((nothing.kind == YamlNode::Kind::null && nothing.line == 5));
  CHECK((tree->children[7].text == "y\n" && tree->children[7].quoted));
}

TEST_CASE("parse_yaml: no document is a null") {
  for (const char* yaml : {"", "\n", "# c", "---\n", "---\n...\n", "~"})
    CHECK(parse_yaml(yaml, "c.yml")->kind == YamlNode::Kind::null);
}

TEST_CASE("parse_yaml: only one document") {
  CHECK(refused("log: {}\n---\nlog: {}\n") ==
        "c.yml:2: a second document; one is expected");
  CHECK(refused("---\n---\n").starts_with("c.yml:2: "));
}

TEST_CASE("parse_yaml: anchors, aliases and tags are refused") {
  CHECK(refused("log: &a {level: info}\n") ==
        "c.yml:1: anchors and aliases are not supported");
  CHECK(refused("a: &a [x,x]\nb: &b [*a,*a]\n").find("anchors") !=
        std::string::npos);
  CHECK(refused("log:\n  level: &a info\n").starts_with("c.yml:2: anchors"));
  CHECK(refused("log: *a\n").starts_with("c.yml:1: "));
  for (const char* yaml : {"log: !!map {}", "log: {level: !!str info}",
                           "log: !x {}", "gateways: !!seq []"})
    CHECK(refused(yaml) == "c.yml:1: tags are not supported");
}

TEST_CASE("parse_yaml: deep and long texts cost nothing") {
  for (const char* level : {"[", "{a: ", "[{a: ", "- ", "? ", "{? ", "[? "}) {
    CAPTURE(level);
    CHECK(refused(repeat(level, 100000)).starts_with("c.yml:1: too deep"));
  }
  std::string stairs;
  for (int i = 0; i < 1000; ++i)
    stairs += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(refused(stairs).starts_with("c.yml:33: too deep"));
  CHECK(refused("gateways: [" + repeat("a,", 100000) + "]")
            .starts_with("c.yml:1: too many values"));
  CHECK(refused(std::string((1U << 20U) + 1, '#')) == "c.yml: over 1 MiB");
  CHECK(parse_yaml(std::string(1U << 20U, '#'), "c.yml"));
}

TEST_CASE("parse_yaml: NUL bytes are refused with their line") {
  CHECK(refused("log: {}\n# \0\n"s) == "c.yml:2: a NUL byte");
  CHECK(refused(std::string(1, '\0')) == "c.yml:1: a NUL byte");
}

TEST_CASE("parse_yaml: what is not YAML is a problem with its line") {
  for (const char* yaml :
       {"a: b: c", "log: {level: info", "[", "}", "\t- a", "%YAML 3.0\n---\n",
        "a: \"", "log: [a}", "'", "&", "*", "@", "`", "|x",
        "%TAG ! x\n%TAG ! x\n---\n", "a\n-b: {"}) {
    CAPTURE(yaml);
    const auto tree = parse_yaml(yaml, "c.yml");
    REQUIRE_FALSE(tree);
    CHECK(tree.problem().fault == Fault::malformed);
    CHECK(tree.problem().where.starts_with("c.yml"));
    CHECK(tree.problem().detail.find('\n') == std::string::npos);
  }
}

TEST_CASE("parse_yaml: a quote that is not closed is refused") {
  for (const char* end : {"", "\n", "\r\n", "\n\n", " ", "\n# c\n", "\n..."}) {
    CAPTURE(end);
    for (const char* begin : {"path:\n  procfs: '/x", "path:\n  procfs: \"/x"})
      CHECK(refused(std::string{begin} + end).starts_with("c.yml:"));
  }
}

TEST_CASE("parse_yaml: texts of other encodings are refused") {
  CHECK(refused("\xFF\xFE") == "c.yml:1: not UTF-8");
  CHECK(refused("log: {}\n# \xFE\n") == "c.yml:2: not UTF-8");
}
