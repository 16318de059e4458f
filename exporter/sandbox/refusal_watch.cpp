// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/refusal_watch.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "exporter/sandbox/confinement.h"
#include "exporter/system/thread.h"

namespace openclaw_lock {
namespace {

/// Room for a structure that a newer kernel may have made larger.
template <typename Message>
class Room {
 public:
  explicit Room(std::size_t bytes)
      : words_(std::max(bytes, sizeof(Message)) / sizeof(std::uint64_t) + 1) {}

  /// All zero, as the kernel wants it.
  Message& emptied() {
    std::ranges::fill(words_, 0);
    return *reinterpret_cast<Message*>(words_.data());
  }

 private:
  std::vector<std::uint64_t> words_;
};

std::string name_of(int number) {
  const std::unique_ptr<char, decltype(&std::free)> name{
      seccomp_syscall_resolve_num_arch(seccomp_arch_native(), number),
      &std::free};
  return name ? name.get() : "unknown";
}

}  // namespace

void RefusalWatch::answer_all(const UniqueFd& listener, Refused& refused) {
  seccomp_notif_sizes sizes{};
  if (!listener ||
      ::syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) != 0)
    return;
  Room<seccomp_notif> request_room{sizes.seccomp_notif};
  Room<seccomp_notif_resp> response_room{sizes.seccomp_notif_resp};
  for (;;) {
    auto& request = request_room.emptied();
    if (::ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) {
      // The one who asked is gone.
      if (errno == EINTR || errno == ENOENT) continue;
      return;
    }
    const auto number = std::min<std::size_t>(
        static_cast<std::uint32_t>(request.data.nr), kNumbers - 1);
    refused[number] = true;
    auto& response = response_room.emptied();
    response.id = request.id;
    response.error = -EPERM;
    ::ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
  }
}

RefusalWatch::RefusalWatch() {
  const auto listener =
      std::make_shared<std::future<UniqueFd>>(listener_.get_future());
  auto thread = start_thread("refusals", [listener, refused = refused_] {
    confine_this_thread({});
    answer_all(listener->get(), *refused);
  });
  if (!thread)
    throw std::runtime_error{thread.problem().where + ": " +
                             thread.problem().detail};
  thread->detach();
}

RefusalWatch::~RefusalWatch() {
  if (!begun_) begin(UniqueFd{});
}

void RefusalWatch::begin(UniqueFd listener) {
  begun_ = true;
  listener_.set_value(std::move(listener));
}

std::vector<RefusedCall> RefusalWatch::take() {
  std::vector<RefusedCall> calls;
  for (std::size_t i = 0; i < kNumbers; ++i) {
    if (!(*refused_)[i] || told_.test(i)) continue;
    told_.set(i);
    const auto number = static_cast<int>(i);
    calls.push_back({name_of(number), number});
  }
  return calls;
}

}  // namespace openclaw_lock
