// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/thread.h"

#include <exception>
#include <memory>
#include <utility>

#include "exporter/system/limits.h"
#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

struct Start {
  std::string name;
  std::function<void()> body;
};

void run(const Start& start) {
  name_thread(start.name);
  try {
    start.body();
  } catch (const std::exception& error) {
    log::error("a thread ended by an error",
               {{"thread", start.name}, {"reason", describe_exception(error)}});
  } catch (...) {
    log::error("a thread ended by an error", {{"thread", start.name}});
  }
}

void* enter(void* argument) {
  const std::unique_ptr<Start> start{static_cast<Start*>(argument)};
  run(*start);
  return nullptr;
}

int create(pthread_t& id, std::unique_ptr<Start> start,
           std::size_t stack_bytes) {
  pthread_attr_t attributes;
  int error = ::pthread_attr_init(&attributes);
  if (error != 0) return error;
  error = ::pthread_attr_setstacksize(&attributes, stack_bytes);
  if (error == 0)
    error = ::pthread_create(&id, &attributes, enter, start.get());
  ::pthread_attr_destroy(&attributes);
  // The thread owns it.
  if (error == 0) static_cast<void>(start.release());
  return error;
}

}  // namespace

Thread::Thread(Thread&& other) noexcept
    : id_{other.id_}, joinable_{std::exchange(other.joinable_, false)} {}

Thread& Thread::operator=(Thread&& other) noexcept {
  if (this == &other) return *this;
  join();
  id_ = other.id_;
  joinable_ = std::exchange(other.joinable_, false);
  return *this;
}

Thread::~Thread() { join(); }

void Thread::join() {
  if (std::exchange(joinable_, false)) ::pthread_join(id_, nullptr);
}

void Thread::detach() {
  if (std::exchange(joinable_, false)) ::pthread_detach(id_);
}

Result<Thread> start_thread(const std::string& name, std::function<void()> body,
                            std::size_t stack_bytes) {
  pthread_t id{};
  const int error = create(
      id, std::make_unique<Start>(Start{name, std::move(body)}), stack_bytes);
  if (error == 0) return Thread{id};
  return Problem{Fault::io, "thread " + name, describe_thread_error(error)};
}

void name_thread(const std::string& name) {
  constexpr std::size_t kMost = 15;
  ::pthread_setname_np(::pthread_self(), name.substr(0, kMost).c_str());
}

}  // namespace openclaw_lock
