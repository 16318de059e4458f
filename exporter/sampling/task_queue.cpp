// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/task_queue.h"

#include <algorithm>
#include <utility>

namespace openclaw_lock {

void TaskQueue::schedule(TaskId id, Entry& entry, MonotonicTime due) {
  unschedule(id, entry);
  entry.due = due;
  due_.insert({due, id});
}

void TaskQueue::unschedule(TaskId id, Entry& entry) {
  due_.erase({entry.due, id});
  if (!entry.parked) return;
  entry.parked = false;
  if (const auto domain = domains_.find(entry.home.name);
      domain != domains_.end())
    domain->second.parked.erase(id);
}

void TaskQueue::add(TaskId id, std::shared_ptr<Task> task, HangDomain home,
                    MonotonicTime now) {
  auto& entry = entries_[id];
  entry.task = std::move(task);
  entry.home = std::move(home);
  schedule(id, entry, now);
}

void TaskQueue::remove(TaskId task, MonotonicTime now) {
  const auto found = entries_.find(task);
  if (found == entries_.end()) return;
  auto& entry = found->second;
  if (entry.turn != 0) {
    entries_.erase(found);
    return;
  }
  entry.removed = true;
  if (!entry.parked) schedule(task, entry, now);
}

void TaskQueue::wake(TaskId task, MonotonicTime now) {
  const auto found = entries_.find(task);
  if (found == entries_.end()) return;
  auto& entry = found->second;
  entry.latest = std::min(entry.latest, now);
  if (entry.turn != 0)
    entry.woken = true;
  else if (!entry.parked && entry.due > now)
    schedule(task, entry, now);
}

bool TaskQueue::may_begin(const HangDomain& domain, MonotonicTime now) const {
  if (domain.name.empty()) return true;
  if (!domain.local && hanging() >= kMaxHanging) return false;
  const auto found = domains_.find(domain.name);
  if (found == domains_.end()) return true;
  const auto& turns = found->second.turns;
  if (!domain.local) return turns.empty();
  const auto slow = slow_in(found->second, now);
  return slow == 0 || (!domain.exact && slow == 1 && turns.size() == 1);
}

std::size_t TaskQueue::slow_in(const Domain& domain, MonotonicTime now) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(domain.turns, [&](TurnId id) {
        const auto& turn = turns_.at(id);
        return turn.hangs || now - turn.began >= kSlow;
      }));
}

bool TaskQueue::may_soon_enter(const HangDomain& domain,
                               MonotonicTime now) const {
  if (!domain.local && hanging() >= kMaxHanging) return false;
  const auto found = domains_.find(domain.name);
  return found == domains_.end() || slow_in(found->second, now) == 0;
}

std::optional<TaskQueue::Turn> TaskQueue::take(MonotonicTime now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto id = due_.begin()->second;
    auto& entry = entries_.at(id);
    due_.erase(due_.begin());
    if (waits_on(id, entry, now)) continue;
    if (!may_begin(entry.home, now)) {
      entry.parked = true;
      domains_[entry.home.name].parked.insert(id);
      continue;
    }
    entry.turn = next_turn_++;
    entry.woken = false;
    if (!entry.home.name.empty())
      domains_[entry.home.name].turns.insert(entry.turn);
    turns_[entry.turn] = {id, entry.task->name(), entry.home, now,
                          now + entry.task->patience()};
    Turn turn{entry.turn, entry.task, entry.home, entry.removed};
    if (entry.removed) entries_.erase(id);
    return turn;
  }
  return {};
}

/// False also where it has its turn all the same, and goes on waiting.
bool TaskQueue::waits_on(TaskId id, Entry& entry, MonotonicTime now) {
  if (entry.missed.name.empty()) return false;
  const auto found = domains_.find(entry.missed.name);
  if (found == domains_.end() || may_begin(entry.missed, now)) {
    if (found != domains_.end()) found->second.waiting.erase(id);
    entry.missed = {};
    return false;
  }
  found->second.waiting.insert(id);
  if (now >= entry.latest || entry.removed) return false;
  schedule(id, entry, entry.latest);
  return true;
}

void TaskQueue::leave(TurnId turn, const HangDomain& domain,
                      MonotonicTime began) {
  const auto found = domains_.find(domain.name);
  if (found == domains_.end()) return;
  found->second.turns.erase(turn);
  const auto parked = found->second.parked;
  for (const auto id : parked) {
    auto& entry = entries_.at(id);
    schedule(id, entry, entry.due);
  }
  for (const auto id : std::exchange(found->second.waiting, {})) {
    const auto waiting = entries_.find(id);
    if (waiting == entries_.end()) continue;
    auto& entry = waiting->second;
    if (entry.turn != 0)
      entry.woken = true;
    else if (!entry.parked)
      schedule(id, entry, std::min(entry.due, began));
  }
  if (found->second.turns.empty()) domains_.erase(found);
}

/// Those that waited because too many turns hung elsewhere.
void TaskQueue::unpark_all() {
  for (auto& [id, entry] : entries_)
    if (entry.parked) schedule(id, entry, entry.due);
  std::erase_if(domains_,
                [](const auto& domain) { return domain.second.turns.empty(); });
}

bool TaskQueue::enter(TurnId turn, const HangDomain& domain,
                      MonotonicTime now) {
  const auto found = turns_.find(turn);
  if (found == turns_.end()) return true;
  auto& running = found->second;
  if (running.domain == domain) return true;
  if (!may_begin(domain, now)) return false;
  leave(turn, running.domain, running.began);
  running.domain = domain;
  if (!domain.name.empty()) domains_[domain.name].turns.insert(turn);
  return true;
}

void TaskQueue::pass_by(TurnId turn, const HangDomain& domain) {
  const auto found = turns_.find(turn);
  // Where nobody is nobody leaves.
  if (found != turns_.end() && domains_.contains(domain.name))
    found->second.missed = domain;
}

void TaskQueue::finish(TurnId turn, HangDomain home, MonotonicTime due) {
  const auto found = turns_.find(turn);
  if (found == turns_.end()) return;
  const auto running = found->second;
  turns_.erase(found);
  leave(turn, running.domain, running.began);
  if (running.hangs) unpark_all();
  const auto entry = entries_.find(running.task);
  // Gone, or a successor has taken over.
  if (entry == entries_.end() || entry->second.turn != turn) return;
  auto& next = entry->second;
  next.turn = 0;
  next.home = std::move(home);
  if (!running.missed.name.empty()) {
    next.missed = running.missed;
    if (const auto missed = domains_.find(running.missed.name);
        missed != domains_.end())
      missed->second.waiting.insert(running.task);
    else
      next.woken = true;  // it is free by now
  }
  next.latest = next.woken ? std::min(due, running.began) : due;
  schedule(running.task, next, next.latest);
}

std::vector<TaskQueue::Overrun> TaskQueue::find_overruns(MonotonicTime now) {
  std::vector<Overrun> overruns;
  for (auto& [id, running] : turns_) {
    if (running.hangs || now < running.patient_until) continue;
    running.hangs = true;
    overruns.push_back({running.name, running.domain.name});
    const auto found = entries_.find(running.task);
    if (found == entries_.end() || found->second.turn != id) continue;
    auto& entry = found->second;
    if (auto successor = entry.task->successor()) {
      entry.task = std::move(successor);
      entry.turn = 0;
      schedule(running.task, entry, now);
    }
  }
  return overruns;
}

std::optional<MonotonicTime> TaskQueue::next_overrun() const {
  std::optional<MonotonicTime> next;
  for (const auto& [id, running] : turns_)
    if (!running.hangs && (!next || running.patient_until < *next))
      next = running.patient_until;
  return next;
}

std::optional<MonotonicTime> TaskQueue::next_due() const {
  if (due_.empty()) return {};
  return due_.begin()->first;
}

std::size_t TaskQueue::slow(MonotonicTime now) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(turns_, [&](const auto& turn) {
        return turn.second.hangs || now - turn.second.began >= kSlow;
      }));
}

std::size_t TaskQueue::hanging() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      turns_, [](const auto& turn) { return turn.second.hangs; }));
}

std::vector<std::string> TaskQueue::hanging_places() const {
  std::set<std::string> places;
  for (const auto& [id, running] : turns_)
    if (running.hangs)
      places.insert(running.domain.name.empty() ? running.name
                                                : running.domain.name);
  return {places.begin(), places.end()};
}

}  // namespace openclaw_lock
