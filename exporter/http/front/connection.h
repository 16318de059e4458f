// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <string>
#include <string_view>

#include "core/fleet/source_health.h"
#include "exporter/http/front/transport.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Limits that keep strangers from occupying the server.
struct ConnectionLimits {
  /// At once; beyond, see ConnectionLoop::make_room.
  std::size_t connections = 1024;
  std::size_t head_bytes = 8192;                 ///< of a request; beyond: 431
  std::chrono::milliseconds head_time{5000};     ///< with TLS's handshake
  std::chrono::milliseconds answer_time{30000};  ///< for the handler
  std::chrono::milliseconds stall_time{10000};   ///< without one byte taken
  std::chrono::milliseconds write_time{60000};   ///< for the whole answer
  std::chrono::milliseconds linger_time{1000};   ///< for its last bytes
  std::size_t buffered_bytes = 64U << 20U;       ///< of all answers
};

/// Who is at the other end.
struct Peer {
  sockaddr_storage address{};
  socklen_t length = 0;
  std::string client;  ///< the address without the port; `unix` for all of them
};

/// One connection with one request: TLS's handshake, the request's head, the
/// answer, the end. Whatever came behind the head (a body, further requests) is
/// not read. Nothing here waits.
class Connection {
 public:
  enum class Phase {
    handshake,
    head,       ///< is being received
    queued,     ///< is whole; a worker is to answer
    answering,  ///< a worker writes, or the client reads
    lingering,  ///< until the client has the last bytes
    over,       ///< to be closed
  };

  Connection(UniqueFd socket, std::shared_ptr<const TlsContext> tls, Peer peer,
             const ConnectionLimits& limits, MonotonicTime now);

  /// The client can be read from or written to.
  void step(MonotonicTime now);

  /// The worker's answer can be read.
  void receive_answer(MonotonicTime now);

  /// A worker is at it; the answer comes from `answer`, until its end.
  void begin_answer(UniqueFd answer, MonotonicTime now);

  /// Ends it where its time is over.
  void expire(MonotonicTime now);

  Phase phase() const { return phase_; }
  const Peer& peer() const { return peer_; }
  int client_descriptor() const { return transport_.descriptor(); }
  int answer_descriptor() const { return answer_.get(); }
  bool worker_is_at_it() const { return static_cast<bool>(answer_); }
  std::string_view head() const { return input_; }
  std::size_t buffered() const { return output_.size(); }
  MonotonicTime deadline() const { return deadline_; }
  MonotonicTime accepted_at() const { return accepted_at_; }

  /// What of the client it waits for.
  bool wants_read() const;
  bool wants_write() const;

 private:
  void shake_hands(MonotonicTime now);
  void receive_head(MonotonicTime now);
  void refuse(std::string_view status, MonotonicTime now);
  void send(MonotonicTime now);
  void linger(MonotonicTime now);
  void drain();
  void end() { phase_ = Phase::over; }
  void wait_for(Transport::State state);

  const ConnectionLimits& limits_;
  Transport transport_;
  Peer peer_;
  UniqueFd answer_;  ///< of the worker; none before and after
  Phase phase_ = Phase::handshake;
  std::string input_;
  std::string output_;
  std::size_t sent_ = 0;
  bool blocked_on_read_ = true;
  MonotonicTime accepted_at_;
  MonotonicTime write_until_{};
  MonotonicTime deadline_;
};

}  // namespace openclaw_lock
