// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/refusal_watch.h"

#include <seccomp.h>

#include <algorithm>
#include <bitset>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "exporter/sandbox/confinement.h"
#include "exporter/system/log.h"
#include "exporter/system/thread.h"

namespace openclaw_lock {
namespace {

/// The last one stands for all beyond.
constexpr std::size_t kNumbers = 1024;

std::string name_of(const seccomp_data& call) {
  const std::unique_ptr<char, decltype(&std::free)> name{
      seccomp_syscall_resolve_num_arch(call.arch, call.nr), &std::free};
  return name ? name.get() : "unknown";
}

void tell(const seccomp_data& call) {
  log::warn("a system call was refused that readers are not known to need",
            {{"call", name_of(call)}, {"number", std::to_string(call.nr)}});
}

/// Answers before it does anything else: the one who waits may hold a lock of
/// the allocator or the log.
void answer_all(const UniqueFd& listener) {
  seccomp_notif* request = nullptr;
  seccomp_notif_resp* response = nullptr;
  if (!listener || seccomp_notify_alloc(&request, &response) != 0) return;
  std::bitset<kNumbers> told;
  for (;;) {
    errno = 0;
    if (seccomp_notify_receive(listener.get(), request) != 0) {
      // The one who asked is gone.
      if (errno == EINTR || errno == ENOENT) continue;
      break;
    }
    response->id = request->id;
    response->val = 0;
    response->error = -EPERM;
    response->flags = 0;
    seccomp_notify_respond(listener.get(), response);
    const auto number = std::min<std::size_t>(
        static_cast<std::uint32_t>(request->data.nr), kNumbers - 1);
    if (!told.test(number)) tell(request->data);
    told.set(number);
  }
  seccomp_notify_free(request, response);
}

}  // namespace

RefusalWatch::RefusalWatch() {
  auto thread = start_thread(
      "refusals", [listener = std::make_shared<std::future<UniqueFd>>(
                       listener_.get_future())] {
        confine_this_thread({});
        answer_all(listener->get());
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

}  // namespace openclaw_lock
