// SPDX-License-Identifier: Apache-2.0
#include "core/base/javascript_json.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;
using namespace std::string_literals;

TEST_CASE("as_javascript_reads: what is well-formed stays as it is") {
  for (const auto& text :
       {R"({"a": "b\\u1", "c": "\"\ud83d\ude00\u0041"})"s, ""s, "{}"s,
        "{\"\xF0\x9F\x98\x80\": 1}"s, "\\"s, "\\u12"s, "\\\\ud800"s}) {
    CAPTURE(text);
    CHECK(as_javascript_reads(text) == text);
  }
}

TEST_CASE("as_javascript_reads: a byte order mark or a NUL is no JSON") {
  CHECK_FALSE(as_javascript_reads("\xEF\xBB\xBF{}"));
  CHECK_FALSE(as_javascript_reads("{}\0"s));
  CHECK(as_javascript_reads("{\"a\": \"\xEF\xBB\xBF\"}"));
}

TEST_CASE("as_javascript_reads: what is no UTF-8, or half a pair, is U+FFFD") {
  CHECK(as_javascript_reads("\"\xFF\"") == "\"\xEF\xBF\xBD\"");
  CHECK(as_javascript_reads(R"("\ud800")") == R"("\uFFFD")");
  CHECK(as_javascript_reads(R"("\udc00x")") == R"("\uFFFDx")");
  CHECK(as_javascript_reads(R"("\ud800\ud800\udc00")") ==
        R"("\uFFFD\ud800\udc00")");
  CHECK(as_javascript_reads(R"("\\\ud800\n")") == R"("\\\uFFFD\n")");
}
