// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/json5.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

namespace {

bool all(const std::vector<std::string>& /*names*/) { return true; }

/// The value as JSON: 0 for what is neither text, list nor object.
std::string show(const Json5Value& value) {
  using Kind = Json5Value::Kind;
  if (value.kind == Kind::text) return '"' + value.text + '"';
  std::string text;
  for (const auto& element : value.elements)
    text += (text.empty() ? "" : ",") + show(element);
  for (const auto& [name, member] : value.members)
    text += (text.empty() ? "" : ",") + name + ':' + show(member);
  if (value.kind == Kind::list) return '[' + text + ']';
  return value.kind == Kind::object ? '{' + text + '}' : "0";
}

std::string read(std::string_view text, const Json5Filter& wanted = all) {
  const auto value = parse_json5(text, wanted);
  return value ? show(*value) : value.problem().detail;
}

}  // namespace

TEST_CASE("parse_json5: what JSON has, and what JSON5 has besides") {
  CHECK(read(R"({"a": {"b": ["c", 1, true, null]}})") ==
        R"({a:{b:["c",0,0,0]}})");
  CHECK(read("\xEF\xBB\xBF// first\n{a: 'x', /* two\nlines */ $b_1: \"y\",}") ==
        R"({a:"x",$b_1:"y"})");
  CHECK(read("{\\u0061: ['it\\'s', \"\\x41\\u00e9\\\n!\", ],\xC2\xA0}") ==
        "{a:[\"it's\",\"A\xC3\xA9!\"]}");
  CHECK(read("[+.5, 5., 0x1F, -Infinity, NaN, 1e-3]") == "[0,0,0,0,0,0]");
  CHECK(read("{'__proto__': '1', \"\": '2'}") == R"({__proto__:"1",:"2"})");
}

TEST_CASE("parse_json5: the later member of a name counts, in its place") {
  CHECK(read("{a: '1', b: '2', a: '3'}") == R"({a:"3",b:"2"})");
}

TEST_CASE("parse_json5: surrogates") {
  CHECK(read(R"('\ud83d\ude00')") == "\"\xF0\x9F\x98\x80\"");
  CHECK(read(R"('\ud83dx\ude00')") == "\"\xEF\xBF\xBDx\xEF\xBF\xBD\"");
  CHECK(read(R"('\ud83d\u0041')") ==
        "\"\xEF\xBF\xBD"
        "A\"");
}

TEST_CASE("parse_json5: what is not wanted is checked and passed over") {
  const Json5Filter wanted = [](const std::vector<std::string>& names) {
    return names.front() == "a" && names.back() != "c";
  };
  CHECK(read("{x: {a: '0'}, a: [{b: '1', c: '2'}], y: [0, ['a']]}", wanted) ==
        R"({a:[{b:"1"}]})");
  CHECK(read("{x: {a: }, a: '1'}", wanted) == "line 1: not a value");
}

TEST_CASE("parse_json5: anything else is told by line and reason") {
  CHECK(read("") == "line 1: a value is missing");
  CHECK(read("{\n a: 1\n b: 2}") == "line 3: expected a comma or }");
  CHECK(read("[1 2]") == "line 1: expected a comma or ]");
  CHECK(read("{a 1}") == "line 1: expected a colon");
  CHECK(read("{,}") == "line 1: expected a name");
  CHECK(read("[,]") == "line 1: not a value");
  CHECK(read("{}\n\n{}") == "line 3: something follows the value");
  CHECK(read("'a\nb'") == "line 1: a string has no end");
  CHECK(read("\n/* a") == "line 2: a comment has no end");
  for (const std::string text :
       {"01", "1.2.3", "0x", "1e", "nul", "truex", "- 1", "'\\1'", "'\\u12'",
        "'\\x'", "{\\x61: 1}", "{a-b: 1}", "{1: 1}", "undefined", "/", "'"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_json5(text, all));
  }
}

TEST_CASE("parse_json5: bounds") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(parse_json5(nested(kMaxJson5Depth + 1), all));
  CHECK(read(nested(kMaxJson5Depth + 2)) == "line 1: nested too deep");
  CHECK(read(std::string(1 << 20, '[')) == "line 1: nested too deep");
  std::string many = "[";
  for (std::size_t i = 0; i < kMaxJson5Values; ++i) many += "0,";
  CHECK(parse_json5(many + ']', all).problem().fault == Fault::too_big);
  CHECK(parse_json5("{x:" + many + "]}", [](const auto&) { return false; }));
}
