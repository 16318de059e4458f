// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "exporter/http/engine/listener.h"
#include "exporter/http/front/connection.h"
#include "exporter/http/front/listen_socket.h"
#include "exporter/system/thread.h"

namespace openclaw_lock {

/// One thread that holds all connections: accepts them, receives requests and
/// sends answers. A client who is slow, idle or does not read costs memory
/// within ConnectionLimits, and never a worker.
class ConnectionLoop {
 public:
  /// Hands a socket, to which the request's head was written, to a worker, who
  /// writes the answer and closes it. False: none is free, and the socket was
  /// not taken. Must not block.
  using Dispatch = std::function<bool(int socket, const Peer& peer)>;

  /// At most `workers` requests are with a worker at a time; the others wait
  /// their turn.
  ConnectionLoop(std::vector<std::unique_ptr<ListenSocket>> sockets,
                 const ConnectionLimits& limits, std::size_t workers,
                 Dispatch dispatch, TlsSource tls);
  ConnectionLoop(const ConnectionLoop&) = delete;
  ConnectionLoop& operator=(const ConnectionLoop&) = delete;

  /// Closes everything, on the loop's own thread: whoever ends it may be
  /// confined otherwise.
  ~ConnectionLoop();

 private:
  using Id = std::uint64_t;
  /// How far a connection has come: who only connects cannot drive out one who
  /// speaks, nor he one who has asked.
  enum class Stage { silent, speaking, asking };
  static constexpr std::size_t kStages = 3;
  struct Entry {
    std::unique_ptr<Connection> connection;
    std::uint32_t watched = 0;  ///< events of the client in epoll
    bool answer_watched = false;
    bool heard = false;           ///< it has sent something
    Stage stage = Stage::silent;  ///< where it is counted
  };
  using Entries = std::unordered_map<Id, Entry>;

  /// Connections by client.
  class Crowd {
   public:
    std::size_t size() const { return size_; }
    void add(const std::string& client, Id id);
    void remove(const std::string& client, Id id);
    /// The oldest of the client with the most; only where there is one.
    Id oldest_of_the_largest() const;

   private:
    std::map<std::string, std::set<Id>> ids_;  ///< the oldest first
    std::size_t size_ = 0;
  };

  void run();
  void turn();
  int next_timeout() const;
  void handle(Id id, bool answer, std::uint32_t events);
  void accept_from(const ListenSocket& listener);
  bool accept_one(const ListenSocket& listener);
  void add(UniqueFd socket, Peer peer);
  void update(Id id);
  void watch(Id id, Entry& entry);
  void close(Id id);
  void dispatch_queued();
  bool dispatch(Connection& connection);
  void expire();
  Crowd& crowd(Stage stage) { return crowds_[static_cast<std::size_t>(stage)]; }
  void count(Id id, Entry& entry);
  void make_room();
  void limit_buffers();
  std::size_t with_workers() const;

  std::vector<std::unique_ptr<ListenSocket>> sockets_;
  const ConnectionLimits limits_;
  const std::size_t workers_;
  const Dispatch dispatch_;
  const TlsSource tls_;
  UniqueFd epoll_;
  UniqueFd stop_;
  UniqueFd spare_;  ///< given up for a moment where descriptors run out
  bool stopped_ = false;
  Id next_id_ = 0;
  Entries entries_;
  std::array<Crowd, kStages> crowds_;  ///< by Stage
  std::deque<Id> queue_;  ///< whole requests in the order of their end
  Thread thread_;
};

}  // namespace openclaw_lock
