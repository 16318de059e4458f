// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/scheduler.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "exporter/system/clock.h"
#include "exporter/system/limits.h"
#include "exporter/system/log.h"
#include "exporter/system/thread.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kWorkers = 2;
constexpr milliseconds kCheckInterval{1000};
/// While no turn is under way.
constexpr milliseconds kRelaxedInterval{10000};
/// After a turn that threw.
constexpr milliseconds kRestAfterError{5000};

/// Numbers that epoll gives back are those of tasks, but for these, and the
/// bit of a callback.
constexpr std::uint64_t kStop = 0;
constexpr std::uint64_t kCallback = std::uint64_t{1} << 63;
constexpr std::uint64_t kGuard = kCallback - 1;

UniqueFd checked(int descriptor, const char* what) {
  if (descriptor < 0)
    throw std::system_error{errno, std::generic_category(), what};
  return UniqueFd{descriptor};
}

/// The turn that this thread runs; 0: none.
thread_local TurnId current_turn = 0;
/// Where it is.
thread_local HangDomain current_domain;

/// The next turn of a task, whatever it throws.
MonotonicTime run_turn(Task& task) {
  const auto began = monotonic_now();
  try {
    return task.run(began);
  } catch (const std::exception& error) {
    log::error("a reader failed and is started again",
               {{"reader", task.name()}, {"error", describe_exception(error)}});
  } catch (...) {
    log::error("a reader failed and is started again",
               {{"reader", task.name()}});
  }
  return began + kRestAfterError;
}

}  // namespace

class Scheduler::State : public std::enable_shared_from_this<State> {
 public:
  explicit State(const std::filesystem::path& procfs)
      : domains{procfs},
        events_{checked(::epoll_create1(EPOLL_CLOEXEC), "epoll")},
        stop_event_{
            checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")},
        guard_{checked(
            ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
            "timerfd")} {}

  /// Makes the threads; throws where not even one can be had.
  void start();
  bool stop(milliseconds patience);

  TaskId add(const std::function<std::shared_ptr<Task>(TaskId)>& make);
  void remove(TaskId task);
  void wake(TaskId task);
  bool arm(int descriptor, std::uint32_t mask, std::uint64_t data) const;
  void call_when_readable(int descriptor, std::function<void()> readable);
  bool enter(const std::string& path);
  bool works() const;

  template <typename Ask>
  auto ask(Ask ask) const {
    const std::lock_guard guard{mutex_};
    return ask(queue_);
  }

  HangDomains domains;

 private:
  bool start_thread(void (State::*body)(), const char* name);
  void work();
  void wait_for_turn(std::unique_lock<std::mutex>& lock);
  void run(std::unique_lock<std::mutex>& lock, TaskQueue::Turn turn);
  HangDomain home_of(const Task& task);
  void wait_for_events();
  bool take_events(MonotonicTime& check_at);
  void look_after_workers();
  MonotonicTime next_check(MonotonicTime now);
  void notify_if_due(MonotonicTime now);
  void guard_turns(bool on);
  void take_guard();

  const UniqueFd events_;
  const UniqueFd stop_event_;
  const UniqueFd guard_;  ///< goes off when turns take long
  mutable std::mutex mutex_;
  std::condition_variable changed_;  ///< for idle workers
  std::condition_variable left_;     ///< a turn is elsewhere, or has ended
  std::condition_variable ended_;    ///< a thread has ended
  TaskQueue queue_;
  std::map<std::uint64_t, std::function<void()>> callbacks_;
  std::optional<MonotonicTime> watched_until_;  ///< by a worker that waits
  std::size_t workers_ = 0;
  std::size_t idle_ = 0;
  std::size_t entering_ = 0;  ///< turns that wait at the gate
  std::size_t others_ = 0;    ///< threads that are no workers
  bool thread_missing_ = false;
  std::optional<Problem> missing_;  ///< why the last thread could not be made
  bool told_missing_ = false;
  bool guarded_ = false;
  bool stopped_ = false;
};

bool Scheduler::State::start_thread(void (State::*body)(), const char* name) {
  auto thread = openclaw_lock::start_thread(
      name, [self = shared_from_this(), body] { ((*self).*body)(); });
  if (!thread) {
    missing_ = thread.problem();
    return false;
  }
  thread->detach();
  return true;
}

void Scheduler::State::start() {
  const std::lock_guard guard{mutex_};
  others_ = 1;
  if (!start_thread(&State::wait_for_events, "events"))
    throw std::runtime_error{missing_->where + ": " + missing_->detail};
}

TaskId Scheduler::State::add(
    const std::function<std::shared_ptr<Task>(TaskId)>& make) {
  std::unique_lock lock{mutex_};
  const auto id = queue_.reserve();
  lock.unlock();
  auto task = make(id);
  auto home = domains.domain_of(task->home());
  lock.lock();
  const auto now = monotonic_now();
  queue_.add(id, std::move(task), std::move(home), now);
  notify_if_due(now);
  return id;
}

void Scheduler::State::remove(TaskId task) {
  const std::lock_guard guard{mutex_};
  const auto now = monotonic_now();
  queue_.remove(task, now);
  notify_if_due(now);
}

void Scheduler::State::wake(TaskId task) {
  const std::lock_guard guard{mutex_};
  const auto now = monotonic_now();
  queue_.wake(task, now);
  notify_if_due(now);
}

bool Scheduler::State::arm(int descriptor, std::uint32_t mask,
                           std::uint64_t data) const {
  epoll_event event{};
  event.events = mask;
  event.data.u64 = data;
  if (::epoll_ctl(events_.get(), EPOLL_CTL_MOD, descriptor, &event) == 0)
    return true;
  return ::epoll_ctl(events_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Scheduler::State::call_when_readable(int descriptor,
                                          std::function<void()> readable) {
  const std::lock_guard guard{mutex_};
  const auto number = kCallback | callbacks_.size();
  callbacks_[number] = std::move(readable);
  arm(descriptor, EPOLLIN, number);
}

bool Scheduler::State::enter(const std::string& path) {
  if (current_turn == 0) return true;
  auto domain = domains.domain_of(path);
  if (domain == current_domain) return true;
  std::unique_lock lock{mutex_};
  const auto due = queue_.next_due();
  const auto give_up = monotonic_now() + TaskQueue::kSlow;
  for (auto now = monotonic_now(); !queue_.enter(current_turn, domain, now);
       now = monotonic_now()) {
    if (now >= give_up || !queue_.may_soon_enter(domain, now)) {
      queue_.pass_by(current_turn, domain);
      return false;
    }
    ++entering_;
    left_.wait_until(lock, give_up);
    --entering_;
  }
  if (entering_ > 0) left_.notify_all();
  if (queue_.next_due() != due) notify_if_due(monotonic_now());
  current_domain = std::move(domain);
  return true;
}

bool Scheduler::State::works() const {
  const std::lock_guard guard{mutex_};
  return workers_ > queue_.hanging() || !thread_missing_;
}

void Scheduler::State::notify_if_due(MonotonicTime now) {
  const auto due = queue_.next_due();
  if (idle_ == 0 || !due) return;
  if (*due <= now || !watched_until_ || *due < *watched_until_)
    changed_.notify_one();
}

/// Whoever watches the time may take a turn. If that takes long, the thread
/// that waits for events is called to find another; waking one each time would
/// cost more than most turns.
void Scheduler::State::guard_turns(bool on) {
  if (guarded_ == on) return;
  guarded_ = on;
  itimerspec timer{};
  if (on)
    timer.it_value.tv_nsec = std::chrono::nanoseconds{TaskQueue::kSlow}.count();
  ::timerfd_settime(guard_.get(), 0, &timer, nullptr);
}

/// One of those that wait watches the time.
void Scheduler::State::wait_for_turn(std::unique_lock<std::mutex>& lock) {
  const auto due = queue_.next_due();
  ++idle_;
  if (due && (!watched_until_ || *due < *watched_until_)) {
    watched_until_ = *due;
    changed_.wait_until(lock, *due);
    if (watched_until_ == due) watched_until_.reset();
  } else {
    changed_.wait(lock);
  }
  --idle_;
}

/// Empty where there is no memory to tell it.
HangDomain Scheduler::State::home_of(const Task& task) {
  try {
    return domains.domain_of(task.home());
  } catch (const std::exception& error) {
    log::error("the file system of a reader is not known",
               {{"error", describe_exception(error)}});
    return {};
  }
}

void Scheduler::State::run(std::unique_lock<std::mutex>& lock,
                           TaskQueue::Turn turn) {
  guard_turns(true);
  const auto next = queue_.next_due();
  if (idle_ > 0 && next && *next <= monotonic_now()) changed_.notify_one();
  lock.unlock();
  current_turn = turn.id;
  current_domain = std::move(turn.home);
  MonotonicTime due{};
  HangDomain home;
  if (!turn.last) {
    due = run_turn(*turn.task);
    home = home_of(*turn.task);
  }
  // It may be the last to hold the task.
  turn.task.reset();
  current_turn = 0;
  lock.lock();
  queue_.finish(turn.id, std::move(home), due);
  if (queue_.under_way() == queue_.hanging()) guard_turns(false);
  if (entering_ > 0) left_.notify_all();
}

void Scheduler::State::work() {
  std::unique_lock lock{mutex_};
  while (!stopped_) {
    const auto now = monotonic_now();
    if (workers_ - std::min(workers_, queue_.slow(now)) > kWorkers) {
      notify_if_due(now);  // of what has waited for the turn that was here
      break;
    }
    if (auto turn = queue_.take(now))
      run(lock, *std::move(turn));
    else
      wait_for_turn(lock);
  }
  --workers_;
  ended_.notify_all();
}

/// Writes off what hangs, and keeps kWorkers free of what takes long.
void Scheduler::State::look_after_workers() {
  std::vector<TaskQueue::Overrun> overruns;
  std::optional<Problem> missing;
  {
    const std::lock_guard guard{mutex_};
    if (stopped_) return;
    const auto now = monotonic_now();
    overruns = queue_.find_overruns(now);
    thread_missing_ = false;
    while (workers_ - std::min(workers_, queue_.slow(now)) < kWorkers &&
           workers_ < kWorkers + TaskQueue::kMaxHanging) {
      ++workers_;
      if (start_thread(&State::work, "worker")) continue;
      --workers_;
      thread_missing_ = true;
      break;
    }
    if (thread_missing_ && !told_missing_) missing = missing_;
    told_missing_ = thread_missing_;
    notify_if_due(now);
  }
  if (missing)
    log::warn("readers wait for a thread",
              {{"where", missing->where}, {"reason", missing->detail}});
  for (const auto& overrun : overruns)
    log::warn("a reader hangs",
              {{"reader", overrun.task},
               {"where", overrun.domain.empty() ? "unknown" : overrun.domain}});
}

void Scheduler::State::take_guard() {
  std::uint64_t expirations = 0;
  const auto got = ::read(guard_.get(), &expirations, sizeof expirations);
  if (got < 0) return;  // all turns have ended meanwhile
  const std::lock_guard guard{mutex_};
  guarded_ = false;
  if (idle_ > 0) changed_.notify_one();
}

void Scheduler::State::wait_for_events() {
  arm(stop_event_.get(), EPOLLIN, kStop);
  arm(guard_.get(), EPOLLIN, kGuard);
  auto check_at = monotonic_now();
  for (bool goes_on = true; goes_on;) {
    try {
      goes_on = take_events(check_at);
    } catch (const std::exception& error) {
      // What could not be taken is seen by the rounds.
      log::error("events were lost", {{"error", describe_exception(error)}});
      // They come again at once.
      pollfd end{stop_event_.get(), POLLIN, 0};
      ::poll(&end, 1, static_cast<int>(kCheckInterval.count()));
      check_at = monotonic_now();
    }
  }
  const std::lock_guard guard{mutex_};
  --others_;
  ended_.notify_all();
}

/// Waits for some; false: the end.
bool Scheduler::State::take_events(MonotonicTime& check_at) {
  constexpr int kMaxEvents = 64;
  if (const auto now = monotonic_now(); now >= check_at) {
    look_after_workers();
    check_at = next_check(now);
  }
  const auto left = std::chrono::ceil<milliseconds>(check_at - monotonic_now());
  std::array<epoll_event, kMaxEvents> ready;
  const int count =
      ::epoll_wait(events_.get(), ready.data(), kMaxEvents,
                   static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  for (int i = 0; i < count; ++i) {
    const auto number = ready[static_cast<std::size_t>(i)].data.u64;
    if (number == kStop) return false;
    if (number == kGuard) {
      take_guard();
      check_at = monotonic_now();
      continue;
    }
    if ((number & kCallback) == 0) {
      wake(number);
      continue;
    }
    std::unique_lock lock{mutex_};
    const auto callback = callbacks_.at(number);
    lock.unlock();
    callback();
  }
  return true;
}

MonotonicTime Scheduler::State::next_check(MonotonicTime now) {
  const std::lock_guard guard{mutex_};
  const auto overrun = queue_.next_overrun();
  if (queue_.under_way() == 0 && !thread_missing_)
    return now + kRelaxedInterval;
  return std::min(now + kCheckInterval, overrun.value_or(MonotonicTime::max()));
}

bool Scheduler::State::stop(milliseconds patience) {
  std::unique_lock lock{mutex_};
  stopped_ = true;
  changed_.notify_all();
  ::eventfd_write(stop_event_.get(), 1);
  const bool all = ended_.wait_for(
      lock, patience, [this] { return workers_ == 0 && others_ == 0; });
  if (!all) return false;
  // Tasks and callbacks may hold what holds the scheduler.
  const auto queue = std::exchange(queue_, {});
  const auto callbacks = std::exchange(callbacks_, {});
  lock.unlock();
  return true;
}

Scheduler::Scheduler(const std::filesystem::path& procfs)
    : state_{std::make_shared<State>(procfs)} {
  state_->start();
}

Scheduler::~Scheduler() { stop(milliseconds{100}); }

TaskId Scheduler::add(
    const std::function<std::shared_ptr<Task>(TaskId)>& make) {
  return state_->add(make);
}

void Scheduler::remove(TaskId task) { state_->remove(task); }

void Scheduler::wake(TaskId task) { state_->wake(task); }

std::function<void()> Scheduler::waker(TaskId task) const {
  return [state = std::weak_ptr<State>{state_}, task] {
    if (const auto alive = state.lock()) alive->wake(task);
  };
}

bool Scheduler::wake_when_readable(TaskId task, int descriptor) {
  return state_->arm(descriptor, EPOLLIN | EPOLLONESHOT, task);
}

void Scheduler::call_when_readable(int descriptor,
                                   std::function<void()> readable) {
  state_->call_when_readable(descriptor, std::move(readable));
}

Gate Scheduler::gate() const {
  return [state = std::weak_ptr<State>{state_}](const std::string& path) {
    const auto alive = state.lock();
    return !alive || alive->enter(path);
  };
}

HangDomains& Scheduler::domains() const { return state_->domains; }

std::size_t Scheduler::hanging() const {
  return state_->ask([](const TaskQueue& queue) { return queue.hanging(); });
}

std::vector<std::string> Scheduler::hanging_places() const {
  return state_->ask(
      [](const TaskQueue& queue) { return queue.hanging_places(); });
}

bool Scheduler::works() const { return state_->works(); }

bool Scheduler::stop(milliseconds patience) { return state_->stop(patience); }

}  // namespace openclaw_lock
