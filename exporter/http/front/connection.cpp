// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/front/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace openclaw_lock {
namespace {

using State = Transport::State;

constexpr std::size_t kChunk = 65536;
constexpr int kMostDrains = 16;

/// Length of the request's head with the empty line behind it; 0 where it is
/// not whole.
std::size_t head_length(std::string_view input) {
  std::size_t length = std::string_view::npos;
  for (const std::string_view end : {"\r\n\r\n", "\n\n"}) {
    const auto found = input.find(end);
    if (found != std::string_view::npos)
      length = std::min(length, found + end.size());
  }
  return length == std::string_view::npos ? 0 : length;
}

}  // namespace

Connection::Connection(UniqueFd socket, std::shared_ptr<const TlsContext> tls,
                       Peer peer, const ConnectionLimits& limits,
                       MonotonicTime now)
    : limits_{limits},
      transport_{std::move(socket), std::move(tls)},
      peer_{std::move(peer)},
      accepted_at_{now},
      deadline_{now + limits.head_time} {}

bool Connection::wants_read() const {
  switch (phase_) {
    case Phase::handshake:
    case Phase::head:
    case Phase::lingering:
      return blocked_on_read_;
    case Phase::answering:
      return blocked_on_read_ && sent_ < output_.size();
    case Phase::queued:
    case Phase::over:
      return false;
  }
  return false;
}

bool Connection::wants_write() const {
  if (phase_ == Phase::answering)
    return !blocked_on_read_ && sent_ < output_.size();
  return (phase_ == Phase::handshake || phase_ == Phase::head) &&
         !blocked_on_read_;
}

void Connection::wait_for(State state) {
  blocked_on_read_ = state == State::want_read;
  if (state != State::want_read && state != State::want_write) end();
}

void Connection::step(MonotonicTime now) {
  if (phase_ == Phase::handshake) shake_hands(now);
  if (phase_ == Phase::head) receive_head(now);
  if (phase_ == Phase::answering) send(now);
  if (phase_ == Phase::lingering) drain();
}

void Connection::shake_hands(MonotonicTime now) {
  const auto step = transport_.handshake();
  if (step.state == State::done) {
    phase_ = Phase::head;
  } else if (step.state == State::plain_http) {
    transport_.become_plain();
    refuse("400 Bad Request", now);
  } else {
    wait_for(step.state);
  }
}

void Connection::receive_head(MonotonicTime now) {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto step = transport_.read(buffer);
    if (step.state != State::done) {
      wait_for(step.state);
      return;
    }
    input_.append(buffer.data(), step.count);
    const auto length = head_length(input_);
    if (length > limits_.head_bytes ||
        (length == 0 && input_.size() >= limits_.head_bytes)) {
      refuse("431 Request Header Fields Too Large", now);
      return;
    }
    if (length == 0) continue;
    input_.resize(length);
    phase_ = Phase::queued;
    deadline_ = now + limits_.answer_time;
    return;
  }
}

void Connection::refuse(std::string_view status, MonotonicTime now) {
  const std::string body = std::string{status.substr(4)} + '\n';
  output_.append("HTTP/1.1 ").append(status);
  output_.append("\r\nContent-Type: text/plain; charset=utf-8\r\n")
      .append("Content-Length: ")
      .append(std::to_string(body.size()))
      .append("\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n")
      .append("\r\n")
      .append(body);
  begin_answer({}, now);
}

void Connection::begin_answer(UniqueFd answer, MonotonicTime now) {
  phase_ = Phase::answering;
  answer_ = std::move(answer);
  blocked_on_read_ = false;
  write_until_ = now + limits_.write_time;
  deadline_ = now + (answer_ ? limits_.answer_time : limits_.stall_time);
  input_.clear();
}

void Connection::receive_answer(MonotonicTime now) {
  // All of it at once: a worker never waits for a client.
  for (;;) {
    const auto before = output_.size();
    output_.resize(before + kChunk);
    const auto got = ::recv(answer_.get(), output_.data() + before, kChunk, 0);
    output_.resize(before +
                   static_cast<std::size_t>(std::max(got, ssize_t{0})));
    if (got > 0) continue;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    answer_ = UniqueFd{};
    deadline_ = std::min(now + limits_.stall_time, write_until_);
    break;
  }
  send(now);
}

void Connection::send(MonotonicTime now) {
  while (sent_ < output_.size()) {
    const auto step = transport_.write(std::string_view{output_}.substr(sent_));
    if (step.state != State::done) {
      wait_for(step.state);
      return;
    }
    sent_ += step.count;
    if (!answer_) deadline_ = std::min(now + limits_.stall_time, write_until_);
  }
  if (!answer_) linger(now);
}

void Connection::linger(MonotonicTime now) {
  // Closing what holds unread bytes would reset the connection, and the client
  // could lose the end of the answer.
  output_ = {};
  sent_ = 0;
  transport_.end_output();
  phase_ = Phase::lingering;
  blocked_on_read_ = true;
  deadline_ = now + limits_.linger_time;
}

void Connection::drain() {
  std::array<char, 4096> buffer;
  for (int i = 0; i < kMostDrains; ++i) {
    const auto got = ::recv(transport_.descriptor(), buffer.data(),
                            buffer.size(), MSG_DONTWAIT);
    if (got > 0) continue;
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) end();
    return;
  }
}

void Connection::expire(MonotonicTime now) {
  if (now >= deadline_) end();
}

}  // namespace openclaw_lock
