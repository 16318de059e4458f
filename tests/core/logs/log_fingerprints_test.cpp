// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_fingerprints.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

/// Bytes that repeat nowhere soon.
std::string text_of(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + ' ';
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("compare_head: a log that has grown is the same") {
  for (const std::size_t size : {1u, 63u, 64u, 65u, 700u, 1023u, 1024u}) {
    CAPTURE(size);
    const auto known = fingerprint_head(text_of(size));
    CHECK(known.length == size);
    CHECK(compare_head(known, text_of(size)) == Likeness::same);
    CHECK(compare_head(known, text_of(size + 1)) == Likeness::same);
    CHECK(compare_head(known, text_of(5000)) == Likeness::same);
  }
}

TEST_CASE("compare_head: one byte of difference makes another log") {
  for (const std::size_t size : {1u, 64u, 100u, 1024u}) {
    const auto known = fingerprint_head(text_of(size));
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      auto other = text_of(2000);
      other[at] = '\x01';
      CAPTURE(size);
      CAPTURE(at);
      CHECK(compare_head(known, other) == Likeness::other);
    }
  }
}

TEST_CASE("compare_head: of what lies behind 1024 bytes nothing is known") {
  const auto known = fingerprint_head(text_of(2000));
  CHECK(known == fingerprint_head(text_of(1024)));
  auto other = text_of(2000);
  other[1024] = '\x01';
  CHECK(compare_head(known, other) == Likeness::same);
}

TEST_CASE("compare_head: a shorter log may be another as far as it tells") {
  const auto known = fingerprint_head(text_of(700));
  CHECK(compare_head(known, "") == Likeness::undecided);
  CHECK(compare_head(known, "x") == Likeness::undecided);
  CHECK(compare_head(known, text_of(64)) == Likeness::undecided);
  CHECK(compare_head(known, text_of(699)) == Likeness::undecided);
  auto other = text_of(127);
  other[63] = '\x01';
  CHECK(compare_head(known, other) == Likeness::other);
  other = text_of(127);
  other[64] = '\x01';  // in a step that is not whole
  CHECK(compare_head(known, other) == Likeness::undecided);
}

TEST_CASE("compare_head: the print of an empty log tells nothing") {
  CHECK(compare_head(fingerprint_head(""), "anything") == Likeness::undecided);
  CHECK(compare_head({}, "") == Likeness::undecided);
}

TEST_CASE("fingerprint_tail: the last 256 bytes") {
  CHECK(fingerprint_tail("") == TailFingerprint{});
  CHECK(fingerprint_tail("a").length == 1);
  CHECK(fingerprint_tail("a") != fingerprint_tail("b"));
  const auto text = text_of(1000);
  CHECK(fingerprint_tail(text).length == 256);
  CHECK(fingerprint_tail(text) == fingerprint_tail(text.substr(1000 - 256)));
  CHECK(fingerprint_tail(text) != fingerprint_tail(text.substr(1000 - 255)));
  CHECK(fingerprint_tail('x' + text) == fingerprint_tail(text));
}
