// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "exporter/http/front/tls_context.h"
#include "exporter/system/unique_fd.h"

struct ssl_st;

namespace openclaw_lock {

/// The bytes of one connection that does not block, over TLS or plain. Writing
/// to one that was closed is to raise no SIGPIPE in the thread that does.
class Transport {
 public:
  enum class State {
    done,        ///< `count` bytes were moved, or the step is over
    want_read,   ///< again when there is something to read
    want_write,  ///< again when there is room
    closed,      ///< the other side sends no more
    plain_http,  ///< the other side speaks HTTP where TLS is spoken
    failed,
  };
  struct Step {
    State state = State::failed;
    std::size_t count = 0;
  };

  /// `tls` may be null: plain.
  Transport(UniqueFd socket, std::shared_ptr<const TlsContext> tls);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport();

  int descriptor() const { return socket_.get(); }

  Step handshake();
  Step read(std::span<char> buffer);
  Step write(std::string_view bytes);

  /// Says that nothing more will be sent; does not wait.
  void end_output();

  /// From now on without TLS, to tell so one who does not speak it.
  void become_plain();

 private:
  Step tls_step(int result) const;

  UniqueFd socket_;
  std::shared_ptr<const TlsContext> tls_;
  ssl_st* ssl_ = nullptr;
};

}  // namespace openclaw_lock
