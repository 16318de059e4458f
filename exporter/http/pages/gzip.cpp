// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/pages/gzip.h"

#define ZLIB_CONST
#include <zlib.h>

#include <limits>

namespace openclaw_lock {
namespace {

constexpr int kLevel = 1;
constexpr int kGzipWindowBits = 15 + 16;  // zlib.h: 16 more asks for gzip
constexpr int kDefaultMemory = 8;
constexpr auto kMaxBytes = std::numeric_limits<uInt>::max();

class Deflate {
 public:
  Deflate() {
    ready_ = deflateInit2(&stream_, kLevel, Z_DEFLATED, kGzipWindowBits,
                          kDefaultMemory, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  Deflate(const Deflate&) = delete;
  Deflate& operator=(const Deflate&) = delete;
  ~Deflate() {
    if (ready_) deflateEnd(&stream_);
  }

  explicit operator bool() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

std::optional<std::string> gzip(std::string_view text) {
  Deflate deflater;
  if (!deflater) return {};
  auto& stream = deflater.stream();
  const auto bound = deflateBound(&stream, text.size());
  if (text.size() > kMaxBytes || bound > kMaxBytes) return {};

  std::string packed(bound, '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return {};
  packed.resize(stream.total_out);
  return packed;
}

}  // namespace openclaw_lock
