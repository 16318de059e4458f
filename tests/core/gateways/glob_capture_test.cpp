// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/glob_capture.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

using Captures = std::vector<std::string>;

TEST_CASE("match_glob: a literal path matches itself without captures") {
  CHECK(match_glob("/a/b", "/a/b") == Captures{});
  CHECK_FALSE(match_glob("/a/b", "/a/c"));
  CHECK_FALSE(match_glob("/a/b", "/a/b/c"));
  CHECK_FALSE(match_glob("/a/b/c", "/a/b"));
  CHECK(match_glob("/", "/") == Captures{});
  CHECK(match_glob("", "") == Captures{});
}

TEST_CASE("match_glob: captures are what each * matched, in order") {
  CHECK(match_glob("/opt/data/oc*/config", "/opt/data/oc1/config") ==
        Captures{"1"});
  CHECK(match_glob("/*/x/*-*", "/home/x/a-b") == Captures{"home", "a", "b"});
  CHECK(match_glob("/oc*/config", "/oc/config") == Captures{""});
  CHECK(match_glob("/a?c*", "/abcd") == Captures{"d"});
}

TEST_CASE("match_glob: wildcards never cross a slash") {
  CHECK_FALSE(match_glob("/a/*", "/a/b/c"));
  CHECK_FALSE(match_glob("/a*c", "/a/c"));
  CHECK_FALSE(match_glob("/a?c", "/a/c"));
  CHECK_FALSE(match_glob("/**/c", "/a/b/c"));
  CHECK_FALSE(match_glob("/*", "/"));
}

TEST_CASE("match_glob: double and trailing slashes do not count") {
  CHECK(match_glob("/a//*/", "/a/b") == Captures{"b"});
  CHECK(match_glob("/a/*", "/a//b///") == Captures{"b"});
  CHECK_FALSE(match_glob("/a", "a"));
  CHECK_FALSE(match_glob("*", "/a"));
}

TEST_CASE("match_component: a leading dot is matched by a dot only") {
  Captures captures;
  CHECK_FALSE(match_component("*", ".openclaw", captures));
  CHECK_FALSE(match_component("?openclaw", ".openclaw", captures));
  CHECK_FALSE(match_component("*.openclaw", ".openclaw", captures));
  CHECK(match_component(".openclaw-*", ".openclaw-work", captures));
  CHECK(match_component(".*", ".openclaw", captures));
  CHECK(match_component("*", "a.b", captures));
  CHECK(captures == Captures{"work", "openclaw", "a.b"});
}

TEST_CASE("match_component: this and the parent directory match no wildcard") {
  Captures captures;
  CHECK_FALSE(match_component(".*", ".", captures));
  CHECK_FALSE(match_component(".*", "..", captures));
  CHECK_FALSE(match_component(".?", "..", captures));
  CHECK_FALSE(match_component("*", "..", captures));
  CHECK(match_component("..", "..", captures));
  CHECK(captures.empty());
}

TEST_CASE("match_component: a name that does not match leaves no captures") {
  Captures captures{"before"};
  CHECK_FALSE(match_component("*a*b", "xaxc", captures));
  CHECK(captures == Captures{"before"});
}

TEST_CASE("match_component: each * but the last takes as little as possible") {
  Captures captures;
  CHECK(match_component("*-*", "a-b-c", captures));
  CHECK(captures == Captures{"a", "b-c"});
  captures.clear();
  CHECK(match_component("a*b*b", "axbybzb", captures));
  CHECK(captures == Captures{"x", "ybz"});
  captures.clear();
  CHECK(match_component("**", "ab", captures));
  CHECK(captures == Captures{"", "ab"});
}

TEST_CASE("match_component: ? is one character of UTF-8") {
  Captures captures;
  CHECK(match_component("?*",
                        "\xC3\xBC"
                        "b",
                        captures));
  CHECK(captures == Captures{"b"});
  CHECK(match_component("a?b",
                        "a\xF0\x9F\xA6\x9E"
                        "b",
                        captures));
  CHECK(match_component("?", "\xFF", captures));
  CHECK_FALSE(match_component("??", "\xC3\xBC", captures));
  CHECK_FALSE(match_component("?", "", captures));
}

TEST_CASE("match_component: brackets, braces and backslashes are ordinary") {
  Captures captures;
  CHECK(match_component("[ab]", "[ab]", captures));
  CHECK_FALSE(match_component("[ab]", "a", captures));
  CHECK_FALSE(match_component("{a,b}", "a", captures));
  CHECK_FALSE(match_component("\\*", "*", captures));
  CHECK(match_component("\\*", "\\x", captures));
}

TEST_CASE("match_glob: hostile patterns end soon") {
  std::string pattern = "/";
  for (int i = 0; i < 500; ++i) pattern += "a*";
  const std::string path = '/' + std::string(4000, 'a') + 'b';
  CHECK_FALSE(match_glob(pattern + "c", path));
  CHECK(match_glob(pattern, path)->size() == 500);
  CHECK_FALSE(match_glob('/' + std::string(4000, '*') + 'c', path));
}

TEST_CASE("expand_captures: {1} to {9} are replaced") {
  const Captures nine{"a", "b", "c", "d", "e", "f", "g", "h", "i"};
  CHECK(expand_captures("oc{1}-{9}{2}", nine) == "oca-ib");
  CHECK(expand_captures("plain", nine) == "plain");
  CHECK(expand_captures("", nine).empty());
}

TEST_CASE("expand_captures: what is no capture stays") {
  const Captures one{"a"};
  for (const char* text :
       {"{0}", "{2}", "{10}", "{", "{1", "{}", "{x}", "1}", "{ 1}"}) {
    CAPTURE(text);
    CHECK(expand_captures(text, one) == text);
  }
  CHECK(expand_captures("{{1}}", one) == "{a}");
}

TEST_CASE("expand_captures: captures are not expanded again") {
  CHECK(expand_captures("{1}", {"{2}", "x"}) == "{2}");
  CHECK(expand_captures("{1}1}", {"{"}) == "{1}");
}

TEST_CASE("highest_capture: the largest of all") {
  CHECK(highest_capture("") == 0);
  CHECK(highest_capture("{0}{10}{a}") == 0);
  CHECK(highest_capture("{2}{7}{1}") == 7);
}

TEST_CASE("is_glob: only * and ? are wildcards") {
  CHECK(is_glob("/a/*"));
  CHECK(is_glob("a?"));
  CHECK_FALSE(is_glob("/a/[b]{c}"));
}

TEST_CASE("split_path: components without empty ones") {
  CHECK(split_path("/a//b/") == Captures{"a", "b"});
  CHECK(split_path("a/b") == Captures{"a", "b"});
  CHECK(split_path("///").empty());
  CHECK(split_path("").empty());
}
