// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/access/basic_auth.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>

namespace openclaw_lock {
namespace {

constexpr std::size_t kMostWaiting = 8;
constexpr std::size_t kMostOfOneClient = 4;
constexpr std::size_t kMostRemembered = 128;
constexpr std::size_t kLongestHeader = 4096;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char left, char right) {
    return (left >= 'A' && left <= 'Z' ? left - 'A' + 'a' : left) == right;
  });
}

/// Base64 with padding (RFC 4648 4), nothing else in between.
std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return {};
  std::string bytes(text.size() / 4 * 3, '\0');
  if (text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
                             "wxyz0123456789+/=") != std::string_view::npos)
    return {};
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  if (length < 0) return {};
  const std::size_t padding =
      text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  if (text.substr(0, text.size() - padding).find('=') != std::string_view::npos)
    return {};
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

bool matches(const std::string& password, const std::string& hash) {
  const auto scratch = std::make_unique<crypt_data>();
  const char* const computed =
      crypt_r(password.c_str(), hash.c_str(), scratch.get());
  const bool same = computed != nullptr &&
                    std::string_view{computed}.size() == hash.size() &&
                    CRYPTO_memcmp(computed, hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(scratch.get(), sizeof *scratch);
  return same;
}

}  // namespace

std::optional<Credentials> parse_basic_auth(std::string_view authorization) {
  constexpr std::string_view kScheme = "basic ";
  if (authorization.size() > kLongestHeader ||
      !equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme))
    return {};
  auto decoded = decode_base64(authorization.substr(kScheme.size()));
  if (!decoded || decoded->find('\0') != std::string::npos) return {};
  const auto colon = decoded->find(':');
  if (colon == std::string::npos) return {};
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

void PasswordCheck::Memory::add(const Digest& digest) {
  if (!known_.insert(digest).second) return;
  by_age_.push_back(digest);
  if (by_age_.size() <= kMostRemembered) return;
  known_.erase(by_age_.front());
  by_age_.pop_front();
}

PasswordCheck::PasswordCheck() {
  if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1)
    throw std::runtime_error{"no random bytes for the cache of passwords"};
}

PasswordCheck::Digest PasswordCheck::digest(std::string_view user,
                                            std::string_view hash,
                                            std::string_view password) const {
  std::string text;
  for (const auto part : {user, hash, password})
    text.append(std::to_string(part.size())).append(":").append(part);
  Digest digest{};
  unsigned length = 0;
  const bool done =
      HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           digest.data(), &length) != nullptr;
  OPENSSL_cleanse(text.data(), text.size());
  if (!done) throw std::runtime_error{"SHA-256 failed"};
  return digest;
}

std::optional<bool> PasswordCheck::remembered(const Digest& digest) const {
  if (right_.holds(digest)) return true;
  if (wrong_.holds(digest)) return false;
  return {};
}

PasswordCheck::Verdict PasswordCheck::check(const Users& users,
                                            const Credentials& credentials,
                                            const std::string& client) {
  const auto to_verdict = [](bool right) {
    return right ? Verdict::right : Verdict::wrong;
  };
  if (users.empty()) return Verdict::wrong;
  auto user = users.find(credentials.user);
  const bool known = user != users.end();
  if (!known)  // the same one each time, for they may differ in their cost
    user =
        std::next(users.begin(), digest(credentials.user, "", "")[0] %
                                     static_cast<std::ptrdiff_t>(users.size()));
  // What is computed for a stranger is never remembered as that user's.
  const auto what =
      digest(known ? "known" : "unknown", credentials.user + ':' + user->second,
             credentials.password);
  std::unique_lock lock{mutex_};
  if (const auto before = remembered(what)) return to_verdict(*before);
  if (waiting_.size() >= kMostWaiting ||
      waiting_.count(client) >= kMostOfOneClient)
    return Verdict::busy;
  const auto place = waiting_.insert(client);
  turn_.wait(lock, [this] { return !computing_; });
  computing_ = true;
  ++computed_;
  lock.unlock();
  std::optional<bool> right;  // empty: out of memory, which is no answer
  try {
    right = matches(credentials.password, user->second) && known;
  } catch (const std::bad_alloc&) {
  }
  lock.lock();
  if (right) (*right ? right_ : wrong_).add(what);
  waiting_.erase(place);
  computing_ = false;
  turn_.notify_one();
  return right ? to_verdict(*right) : Verdict::busy;
}

unsigned long PasswordCheck::computed() const {
  const std::lock_guard guard{mutex_};
  return computed_;
}

}  // namespace openclaw_lock
