// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/pages/gzip.h"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <limits>

namespace openclaw_lock {
namespace {

constexpr int kLevel = 1;
constexpr int kGzipWindowBits = 15 + 16;  // zlib.h: 16 more asks for gzip
constexpr int kDefaultMemory = 8;
constexpr std::size_t kFirstBytes = 4096;
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
  if (text.size() > kMaxBytes) return {};

  // Metrics shrink to a tenth or less: the bound that zlib gives is no guess.
  std::string packed(kFirstBytes + text.size() / 8, '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  for (int result = Z_OK; result != Z_STREAM_END;) {
    if (stream.total_out == packed.size()) packed.resize(2 * packed.size());
    stream.next_out =
        reinterpret_cast<Bytef*>(packed.data()) + stream.total_out;
    stream.avail_out = static_cast<uInt>(
        std::min<std::size_t>(packed.size() - stream.total_out, kMaxBytes));
    result = deflate(&stream, Z_FINISH);
    if (result != Z_OK && result != Z_STREAM_END) return {};
  }
  packed.resize(stream.total_out);
  return packed;
}

}  // namespace openclaw_lock
