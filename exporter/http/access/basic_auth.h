// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// What `Authorization: Basic` carries (RFC 7617).
struct Credentials {
  std::string user;
  std::string password;
  bool operator==(const Credentials&) const = default;
};

/// Empty where the header names another scheme or is malformed; so it is for a
/// NUL in it, which would end the password early.
std::optional<Credentials> parse_basic_auth(std::string_view authorization);

/// Checks passwords against bcrypt hashes. Thread-safe.
///
/// A check takes long on purpose, so: what came out is kept, that of right
/// passwords apart from that of wrong ones, which cannot drive it out; one
/// check runs at a time, and few wait, fewer of each client. A user who is not
/// there takes as long as one who is.
class PasswordCheck {
 public:
  enum class Verdict {
    right,
    wrong,
    busy,  ///< 8 checks are under way or wait, or 4 of this client
  };

  /// bcrypt hashes by user; each is one that parse_bcrypt_cost takes.
  using Users = std::map<std::string, std::string>;
  using Digest = std::array<unsigned char, 32>;

  PasswordCheck();

  Verdict check(const Users& users, const Credentials& credentials,
                const std::string& client);

  /// Hashes computed so far.
  unsigned long computed() const;

 private:
  /// The newest digests, at most 128.
  class Memory {
   public:
    bool holds(const Digest& digest) const { return known_.contains(digest); }
    void add(const Digest& digest);

   private:
    std::set<Digest> known_;
    std::deque<Digest> by_age_;
  };

  Digest digest(std::string_view user, std::string_view hash,
                std::string_view password) const;
  std::optional<bool> remembered(const Digest& digest) const;

  Digest key_{};  ///< random: digests tell nothing outside of this process
  mutable std::mutex mutex_;
  std::condition_variable turn_;
  bool computing_ = false;
  /// By client, the one that computes included.
  std::multiset<std::string> waiting_;
  Memory right_;
  Memory wrong_;
  unsigned long computed_ = 0;
};

}  // namespace openclaw_lock
