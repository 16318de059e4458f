// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/front/transport.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <limits>
#include <new>

namespace openclaw_lock {
namespace {

int as_int(std::size_t count) {
  constexpr auto kMost =
      static_cast<std::size_t>(std::numeric_limits<int>::max());
  return static_cast<int>(count < kMost ? count : kMost);
}

Transport::Step plain_step(ssize_t moved, Transport::State when_blocked) {
  if (moved > 0)
    return {Transport::State::done, static_cast<std::size_t>(moved)};
  if (moved == 0) return {Transport::State::closed};
  const bool again = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {again ? when_blocked : Transport::State::failed};
}

}  // namespace

Transport::Transport(UniqueFd socket, std::shared_ptr<const TlsContext> tls)
    : socket_{std::move(socket)}, tls_{std::move(tls)} {
  if (!tls_) return;
  ssl_ = SSL_new(tls_->get());
  if (ssl_ == nullptr || SSL_set_fd(ssl_, socket_.get()) != 1) {
    SSL_free(ssl_);
    throw std::bad_alloc{};
  }
  SSL_set_accept_state(ssl_);
}

Transport::~Transport() { SSL_free(ssl_); }

Transport::Step Transport::tls_step(int result) const {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE:
      return {State::done, result > 0 ? static_cast<std::size_t>(result) : 0};
    case SSL_ERROR_WANT_READ:
      return {State::want_read};
    case SSL_ERROR_WANT_WRITE:
      return {State::want_write};
    case SSL_ERROR_ZERO_RETURN:
      return {State::closed};
    case SSL_ERROR_SSL:
      return {ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST
                  ? State::plain_http
                  : State::failed};
    default:
      return {State::failed};
  }
}

Transport::Step Transport::handshake() {
  if (ssl_ == nullptr) return {State::done};
  ERR_clear_error();
  return tls_step(SSL_do_handshake(ssl_));
}

Transport::Step Transport::read(std::span<char> buffer) {
  if (ssl_ == nullptr)
    return plain_step(::recv(socket_.get(), buffer.data(), buffer.size(), 0),
                      State::want_read);
  ERR_clear_error();
  return tls_step(SSL_read(ssl_, buffer.data(), as_int(buffer.size())));
}

Transport::Step Transport::write(std::string_view bytes) {
  if (ssl_ == nullptr)
    return plain_step(
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
        State::want_write);
  ERR_clear_error();
  return tls_step(SSL_write(ssl_, bytes.data(), as_int(bytes.size())));
}

void Transport::end_output() {
  if (ssl_ != nullptr && SSL_is_init_finished(ssl_) == 1) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
  }
  ::shutdown(socket_.get(), SHUT_WR);
}

void Transport::become_plain() {
  SSL_free(ssl_);
  ssl_ = nullptr;
}

}  // namespace openclaw_lock
