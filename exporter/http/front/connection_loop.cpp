// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/front/connection_loop.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "exporter/system/clock.h"
#include "exporter/system/limits.h"
#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

using Phase = Connection::Phase;
using std::chrono::milliseconds;

constexpr int kAcceptsAtOnce = 64;
constexpr int kLongestWait = 60000;  // ms
constexpr int kQueueWait = 20;

// What an event of epoll is about: the number of a listener or the id of a
// connection, and the kind in the lowest bits.
enum Kind : std::uint64_t { kStop, kListener, kClient, kAnswer };
constexpr std::uint64_t tag(std::uint64_t id, Kind kind) {
  return (id << 2U) | kind;
}

UniqueFd open_spare() {
  return UniqueFd{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
}

std::string client_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address.ss_family == AF_INET)
    bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  if (address.ss_family == AF_INET6)
    bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (bytes == nullptr || ::inet_ntop(address.ss_family, bytes, text.data(),
                                      text.size()) == nullptr)
    return "unix";
  return text.data();
}

}  // namespace

ConnectionLoop::ConnectionLoop(
    std::vector<std::unique_ptr<ListenSocket>> sockets,
    const ConnectionLimits& limits, std::size_t workers, Dispatch dispatch,
    TlsSource tls)
    : sockets_{std::move(sockets)},
      limits_{limits},
      workers_{workers},
      dispatch_{std::move(dispatch)},
      tls_{std::move(tls)},
      epoll_{::epoll_create1(EPOLL_CLOEXEC)},
      stop_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
      spare_{open_spare()} {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag(0, kStop);
  bool watched =
      epoll_ && stop_ &&
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stop_.get(), &event) == 0;
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    event.data.u64 = tag(i, kListener);
    watched = watched && ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD,
                                     sockets_[i]->descriptor(), &event) == 0;
  }
  if (!watched) throw std::runtime_error{"epoll: " + describe_error(errno)};
  // No signal is for this thread; one for a closed connection ends nothing.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  auto thread = start_thread("http", [this] { run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!thread)
    throw std::runtime_error{thread.problem().where + ": " +
                             thread.problem().detail};
  thread_ = *std::move(thread);
}

ConnectionLoop::~ConnectionLoop() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void ConnectionLoop::run() {
  while (!stopped_) {
    try {
      turn();
    } catch (const std::exception& error) {
      log::error("connections were lost", {{"reason", error.what()}});
      entries_.clear();
      crowds_ = {};
      queue_.clear();
    }
  }
  sockets_.clear();
}

int ConnectionLoop::next_timeout() const {
  // A worker whose client is gone tells nobody that he is free.
  if (!queue_.empty()) return kQueueWait;
  auto next = MonotonicTime::max();
  for (const auto& [id, entry] : entries_)
    next = std::min(next, entry.connection->deadline());
  if (next == MonotonicTime::max()) return kLongestWait;
  const auto span = std::chrono::ceil<milliseconds>(next - monotonic_now());
  return static_cast<int>(
      std::clamp<std::int64_t>(span.count(), 0, kLongestWait));
}

void ConnectionLoop::turn() {
  std::array<epoll_event, 256> events;
  const int count =
      ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                   next_timeout());
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    const Id id = event.data.u64 >> 2U;
    switch (event.data.u64 & 3U) {
      case kStop:
        stopped_ = true;
        return;
      case kListener:
        accept_from(*sockets_[id]);
        break;
      default:
        handle(id, (event.data.u64 & 3U) == kAnswer, event.events);
    }
  }
  dispatch_queued();
  expire();
  limit_buffers();
}

void ConnectionLoop::handle(Id id, bool answer, std::uint32_t events) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  auto& connection = *found->second.connection;
  if (answer && connection.worker_is_at_it()) {
    connection.receive_answer(monotonic_now());
    // epoll forgets a descriptor that was closed.
    if (!connection.worker_is_at_it()) found->second.answer_watched = false;
  } else if (!answer && (events & (EPOLLERR | EPOLLHUP)) != 0 &&
             connection.phase() != Phase::head &&
             connection.phase() != Phase::handshake) {
    close(id);
    return;
  } else if (!answer) {
    found->second.heard = true;
    connection.step(monotonic_now());
  }
  update(id);
}

/// Follows what a step has changed.
void ConnectionLoop::update(Id id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  auto& entry = found->second;
  if (entry.connection->phase() == Phase::over) {
    close(id);
    return;
  }
  if (entry.connection->phase() == Phase::queued) queue_.push_back(id);
  count(id, entry);
  watch(id, entry);
}

void ConnectionLoop::watch(Id id, Entry& entry) {
  const auto& connection = *entry.connection;
  const std::uint32_t wanted =
      (connection.wants_read() ? std::uint32_t{EPOLLIN} : 0U) |
      (connection.wants_write() ? std::uint32_t{EPOLLOUT} : 0U);
  epoll_event event{};
  if (wanted != entry.watched) {
    event.events = wanted;
    event.data.u64 = tag(id, kClient);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.client_descriptor(),
                &event);
    entry.watched = wanted;
  }
  if (connection.worker_is_at_it() && !entry.answer_watched) {
    event.events = EPOLLIN;
    event.data.u64 = tag(id, kAnswer);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.answer_descriptor(),
                &event);
    entry.answer_watched = true;
  }
}

void ConnectionLoop::close(Id id) {
  const auto entry = entries_.find(id);
  if (entry == entries_.end()) return;
  const auto& client = entry->second.connection->peer().client;
  crowd(entry->second.stage).remove(client, id);
  entries_.erase(entry);
}

void ConnectionLoop::accept_from(const ListenSocket& listener) {
  for (int i = 0; i < kAcceptsAtOnce; ++i)
    if (!accept_one(listener)) return;
}

bool ConnectionLoop::accept_one(const ListenSocket& listener) {
  Peer peer;
  peer.length = sizeof peer.address;
  UniqueFd socket{::accept4(listener.descriptor(),
                            reinterpret_cast<sockaddr*>(&peer.address),
                            &peer.length, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (!socket) {
    if (errno == ECONNABORTED || errno == EINTR) return true;
    if (errno != EMFILE && errno != ENFILE) return false;
    // Else epoll would tell of this connection for ever.
    spare_ = UniqueFd{};
    {
      const UniqueFd refused{::accept(listener.descriptor(), nullptr, nullptr)};
    }
    spare_ = open_spare();
    log::warn("no file descriptors are left: a connection was refused");
    return false;
  }
  peer.client = client_of(peer.address);
  const int on = 1;
  if (peer.client != "unix")
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  while (entries_.size() >= limits_.connections) make_room();
  add(std::move(socket), std::move(peer));
  return true;
}

void ConnectionLoop::add(UniqueFd socket, Peer peer) {
  const Id id = next_id_++;
  Entry entry;
  entry.connection = std::make_unique<Connection>(
      std::move(socket), tls_(), std::move(peer), limits_, monotonic_now());
  epoll_event event{};
  event.events = entry.watched = EPOLLIN;
  event.data.u64 = tag(id, kClient);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD,
                  entry.connection->client_descriptor(), &event) != 0)
    return;
  char first = 0;
  entry.heard = ::recv(entry.connection->client_descriptor(), &first, 1,
                       MSG_PEEK | MSG_DONTWAIT) > 0;
  entry.stage = entry.heard ? Stage::speaking : Stage::silent;
  crowd(entry.stage).add(entry.connection->peer().client, id);
  auto& connection =
      *entries_.emplace(id, std::move(entry)).first->second.connection;
  // Most clients have sent something already.
  connection.step(monotonic_now());
  update(id);
}

void ConnectionLoop::Crowd::add(const std::string& client, Id id) {
  size_ += ids_[client].insert(id).second ? 1U : 0U;
}

void ConnectionLoop::Crowd::remove(const std::string& client, Id id) {
  const auto found = ids_.find(client);
  if (found == ids_.end()) return;
  size_ -= found->second.erase(id);
  if (found->second.empty()) ids_.erase(found);
}

ConnectionLoop::Id ConnectionLoop::Crowd::oldest_of_the_largest() const {
  const auto largest = std::ranges::max_element(
      ids_, {}, [](const auto& client) { return client.second.size(); });
  return *largest->second.begin();
}

void ConnectionLoop::count(Id id, Entry& entry) {
  const auto phase = entry.connection->phase();
  const bool asking = phase == Phase::queued || phase == Phase::answering;
  const auto stage = asking        ? Stage::asking
                     : entry.heard ? Stage::speaking
                                   : Stage::silent;
  if (stage == entry.stage) return;
  const auto& client = entry.connection->peer().client;
  crowd(entry.stage).remove(client, id);
  crowd(stage).add(client, id);
  entry.stage = stage;
}

/// A quarter of the places is for the silent, one for those who speak, the rest
/// for those who have asked; of the crowd that has most above its share, the
/// oldest of the client with the most connections gives way.
void ConnectionLoop::make_room() {
  const auto above = [this](Stage stage, std::size_t quarters) {
    return static_cast<std::int64_t>(crowd(stage).size()) -
           static_cast<std::int64_t>(limits_.connections * quarters / 4);
  };
  const auto silent = above(Stage::silent, 1);
  const auto speaking = above(Stage::speaking, 1);
  const auto asking = above(Stage::asking, 2);
  const auto stage = silent >= std::max(speaking, asking) ? Stage::silent
                     : speaking >= asking                 ? Stage::speaking
                                                          : Stage::asking;
  close(crowd(stage).oldest_of_the_largest());
}

void ConnectionLoop::dispatch_queued() {
  auto busy = with_workers();
  while (!queue_.empty() && busy < workers_) {
    const Id id = queue_.front();
    const auto found = entries_.find(id);
    if (found != entries_.end() &&
        found->second.connection->phase() == Phase::queued) {
      if (!dispatch(*found->second.connection)) return;
      ++busy;
      watch(id, found->second);
    }
    queue_.pop_front();
  }
}

std::size_t ConnectionLoop::with_workers() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(entries_, [](const auto& entry) {
        return entry.second.connection->worker_is_at_it();
      }));
}

bool ConnectionLoop::dispatch(Connection& connection) {
  std::array<int, 2> pair{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                   pair.data()) != 0)
    return false;
  UniqueFd ours{pair[0]};
  UniqueFd theirs{pair[1]};
  const auto head = connection.head();
  // A head is far smaller than the buffer of a socket.
  if (::send(ours.get(), head.data(), head.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(head.size()))
    return false;
  ::shutdown(ours.get(), SHUT_WR);
  if (!dispatch_(theirs.get(), connection.peer())) return false;
  theirs.release();
  connection.begin_answer(std::move(ours), monotonic_now());
  return true;
}

void ConnectionLoop::expire() {
  const auto now = monotonic_now();
  std::vector<Id> over;
  for (auto& [id, entry] : entries_) {
    entry.connection->expire(now);
    if (entry.connection->phase() == Phase::over) over.push_back(id);
  }
  for (const Id id : over) close(id);
}

/// Those who take longest to read their answers go first; one answer is always
/// allowed.
void ConnectionLoop::limit_buffers() {
  for (;;) {
    std::size_t total = 0;
    std::size_t holders = 0;
    auto slowest = entries_.end();
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      const auto& connection = *entry->second.connection;
      if (connection.buffered() == 0) continue;
      total += connection.buffered();
      ++holders;
      if (slowest == entries_.end() ||
          connection.accepted_at() < slowest->second.connection->accepted_at())
        slowest = entry;
    }
    if (total <= limits_.buffered_bytes || holders < 2) return;
    close(slowest->first);
  }
}

}  // namespace openclaw_lock
