// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"

#include <doctest/doctest.h>

#include <cstdint>

using namespace openclaw_lock;
using namespace std::string_view_literals;

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string repeat(std::string_view piece, int times) {
  std::string text;
  for (; times > 0; --times) text += piece;
  return text;
}

}  // namespace

TEST_CASE("parse_integer: the number must fill the text and fit the type") {
  CHECK(parse_integer<int>("-7") == -7);
  CHECK(parse_integer<std::uint64_t>("18446744073709551615") == UINT64_MAX);
  CHECK_FALSE(parse_integer<std::uint64_t>("18446744073709551616"));
  CHECK_FALSE(parse_integer<std::uint8_t>("256"));
  CHECK(parse_integer<std::uint8_t>("0000255") == 255);
  for (const auto text :
       {""sv, " 1"sv, "1 "sv, "+1"sv, "1\0"sv, "0x1"sv, "1.0"sv, "1\n"sv}) {
    CAPTURE(text);
    CHECK_FALSE(parse_integer<int>(text));
  }
  CHECK_FALSE(parse_integer<unsigned>("-1"));
}

TEST_CASE("split_blanks: runs of blanks and tabs separate, and nothing else") {
  using Pieces = std::vector<std::string_view>;
  CHECK(split_blanks("") == Pieces{});
  CHECK(split_blanks(" \t ") == Pieces{});
  CHECK(split_blanks("a") == Pieces{"a"});
  CHECK(split_blanks(" a\t\tb  c\t") == Pieces{"a", "b", "c"});
  CHECK(split_blanks("a\nb") == Pieces{"a\nb"});
  CHECK(split_blanks("a\0 b"sv) == Pieces{"a\0"sv, "b"});
}

TEST_CASE("to_label_text: well-formed UTF-8 stays as it is") {
  for (const auto text :
       {"openclaw"sv, "gr\xC3\xBC\xC3\x9F"sv, "\xE2\x82\xAC"sv,
        "\xF0\x9F\xA6\x9E"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv,
        "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv, "\xEF\xBF\xBF"sv,
        "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv, "a\"b\\c"sv}) {
    CAPTURE(text);
    CHECK(to_label_text(text) == text);
  }
}

TEST_CASE("to_label_text: each ill-formed byte is replaced") {
  struct Case {
    std::string_view bytes;
    int replaced;
  };
  for (const auto& hostile : {
           Case{"\x80"sv, 1},
           Case{"\xFF\xFE"sv, 2},
           Case{"\xC0\xAF"sv, 2},
           Case{"\xC1\xBF"sv, 2},
           Case{"\xE0\x9F\x80"sv, 3},
           Case{"\xED\xA0\x80"sv, 3},
           Case{"\xF0\x8F\xBF\xBF"sv, 4},
           Case{"\xF4\x90\x80\x80"sv, 4},
           Case{"\xF5\x80\x80\x80"sv, 4},
           Case{"\xC3"sv, 1},
           Case{"\xE2\x82"sv, 2},
           Case{"\xF0\x9F\xA6"sv, 3},
       }) {
    CAPTURE(hostile.bytes);
    CHECK(to_label_text(hostile.bytes) ==
          repeat(kReplacement, hostile.replaced));
  }
  CHECK(to_label_text("a\xC3(b"sv) == "a\xEF\xBF\xBD(b");
}

TEST_CASE("to_label_text: control characters are replaced") {
  CHECK(to_label_text("a\nb\x7F\0"sv) ==
        "a\xEF\xBF\xBD"
        "b" +
            repeat(kReplacement, 2));
  CHECK(to_label_text("\x1B[31m"sv) == std::string{kReplacement} + "[31m");
}

TEST_CASE("to_label_text: the cut lies between characters") {
  CHECK(to_label_text("abc", 2) == "ab");
  CHECK(to_label_text("a\xC3\xBC", 2) == "a");
  CHECK(to_label_text("a\xC3\xBC", 3) == "a\xC3\xBC");
  CHECK(to_label_text("\xFF", 2).empty());
  CHECK(to_label_text("abc", 0).empty());
  CHECK(to_label_text(std::string(1000, 'x')).size() == 128);
  CHECK(to_label_text(std::string(1000, '\xFF')).size() == 126);
  CHECK(to_label_text(std::string(127, 'x') + "\xC3\xBC"
                                              "y")
            .size() == 127);
}
