// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/pages/gzip.h"

#include <doctest/doctest.h>

#include <cstdint>
#define ZLIB_CONST
#include <zlib.h>

namespace openclaw_lock {
namespace {

std::string gunzip(const std::string& packed, std::size_t expected_size) {
  std::string text(expected_size + 1, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<const Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST_CASE("gzip: what is packed unpacks to the same") {
  std::string varied;
  std::uint32_t state = 1;
  for (int i = 0; i < 300000; ++i) {
    state = state * 1664525U + 1013904223U;
    varied += static_cast<char>(state >> 24U);
  }
  for (const auto& text :
       {std::string{}, std::string{"x"}, std::string(100000, 'a'), varied}) {
    const auto packed = gzip(text);
    REQUIRE(packed);
    CHECK(packed->substr(0, 2) == "\x1f\x8b");
    CHECK(gunzip(*packed, text.size()) == text);
  }
}

TEST_CASE("gzip: metrics become much smaller") {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += "openclaw_lock_files{agent=\"" + std::to_string(i) + "\"} 1\n";
  const auto packed = gzip(text);
  REQUIRE(packed);
  CHECK(packed->size() < text.size() / 4);
}

}  // namespace
}  // namespace openclaw_lock
