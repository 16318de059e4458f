// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/gateway_register.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "core/gateways/gateway_name.h"

namespace openclaw_lock {
namespace {

constexpr std::chrono::hours kMemory{1};
constexpr std::size_t kRoundsGone = 2;

/// A path through a process changes with it, the name by which the process
/// knows the directory does not.
std::string first_seen_key(bool passing, const std::string& state_dir,
                           const std::string& name_from) {
  return passing ? "process:" + name_from : state_dir;
}

/// One that is not known yet.
bool is_to_be_watched(const SeenGateway& seen) {
  if (seen.entry.empty()) return seen.presence == Presence::present;
  return !seen.matched || seen.presence != Presence::gone;
}

}  // namespace

std::map<std::string, WallTime> GatewayRegister::first_seen() const {
  std::map<std::string, WallTime> seen;
  for (const auto& [state_dir, known] : known_)
    if (!known.stays)
      seen.emplace(first_seen_key(known.passing, state_dir, known.name_from),
                   known.gateway.first_seen);
  return seen;
}

GatewayRegister::Gateways::iterator GatewayRegister::find(
    const SeenGateway& seen) {
  if (const auto known = known_.find(seen.state_dir); known != known_.end())
    return known;
  // What does not answer is what it was.
  if (seen.presence == Presence::unknown)
    if (const auto other = other_paths_.find(seen.state_dir);
        other != other_paths_.end())
      return known_.find(other->second);
  if (seen.identity)
    if (const auto found = identities_.find(*seen.identity);
        found != identities_.end()) {
      const auto known = known_.find(found->second);
      // One that was moved away is another: people keep copies.
      if (!known->second.gateway.missing || known->second.passing ||
          seen.passing)
        return known;
    }
  // A container that was made anew, without a volume of its own.
  if (!seen.passing || !seen.entry.empty()) return known_.end();
  return std::ranges::find_if(known_, [&](const auto& entry) {
    const auto& known = entry.second;
    return known.passing && known.gateway.missing &&
           known.name_from == seen.name_from;
  });
}

void GatewayRegister::set_identity(Known& known,
                                   const DirectoryIdentity& identity) {
  if (known.identity && known.identity != identity)
    identities_.erase(*known.identity);
  known.identity = identity;
  identities_[identity] = known.gateway.state_dir;
}

void GatewayRegister::add(const SeenGateway& seen, WallTime now) {
  Known known;
  const auto& from = seen.name_from.empty() ? seen.state_dir : seen.name_from;
  known.gateway.name = seen.name.empty() || names_.contains(seen.name)
                           ? choose_gateway_name(from, names_)
                           : seen.name;
  names_.insert(known.gateway.name);
  known.gateway.state_dir = seen.state_dir;
  known.gateway.origin = seen.entry.empty() ? GatewayOrigin::discovered
                                            : GatewayOrigin::configured;
  known.gateway.first_seen = now;
  const auto before = restored_.find(
      first_seen_key(seen.passing, seen.state_dir, seen.name_from));
  if (before != restored_.end())
    known.gateway.first_seen = std::min(now, before->second);
  known.gateway.missing = seen.presence == Presence::gone;
  known.entry = seen.entry;
  known.stays = !seen.entry.empty() && !seen.matched;
  known.name_from = seen.name_from;
  note(seen, known_.emplace(seen.state_dir, std::move(known)).first);
}

void GatewayRegister::note(const SeenGateway& seen, Gateways::iterator entry) {
  const bool is_present = seen.presence == Presence::present;
  // The first path stays as long as it leads there.
  if (is_present && entry->second.gateway.missing &&
      seen.state_dir != entry->first) {
    auto node = known_.extract(entry);
    node.key() = node.mapped().gateway.state_dir = seen.state_dir;
    entry = known_.insert(std::move(node)).position;
  }
  auto& known = entry->second;
  const bool is_its_path = seen.state_dir == entry->first;
  if (is_its_path && is_present) known.passing = seen.passing;
  if (is_present && seen.identity) set_identity(known, *seen.identity);
  if (is_present || seen.has_process) {
    known.seen_gone = known.gateway.missing = false;
    known.rounds_gone = 0;
    known.gone_since.reset();
  } else if (seen.presence == Presence::gone && is_its_path) {
    known.seen_gone = true;
  }
}

void GatewayRegister::forget_twin(const SeenGateway& seen) {
  const auto known = known_.find(seen.state_dir);
  if (known == known_.end() || known->second.identity || !seen.identity) return;
  const auto first = identities_.find(*seen.identity);
  if (first != identities_.end() && first->second != seen.state_dir)
    erase(known);
}

void GatewayRegister::note_path(const SeenGateway& seen,
                                Gateways::iterator known) {
  if (known == known_.end() || known->first == seen.state_dir)
    other_paths_.erase(seen.state_dir);
  else
    other_paths_[seen.state_dir] = known->first;
}

void GatewayRegister::note_missing(WallTime now) {
  for (auto& [state_dir, known] : known_) {
    if (!known.seen_gone) continue;
    known.gateway.missing = true;
    ++known.rounds_gone;
    if (!known.gone_since) known.gone_since = now;
  }
}

void GatewayRegister::update(const std::vector<SeenGateway>& seen, WallTime now,
                             const std::map<std::string, WallTime>& incidents,
                             std::vector<Problem>& problems) {
  for (auto& [state_dir, known] : known_) known.seen_gone = false;
  // Those that are gone first: another path may take over.
  for (const auto& one : seen)
    if (const auto known = find(one);
        one.presence == Presence::gone && known != known_.end())
      note(one, known);
  note_missing(now);
  std::size_t left_out = 0;
  for (const auto& one : seen) {
    forget_twin(one);
    const auto known = find(one);
    if (one.presence == Presence::present) note_path(one, known);
    if (known != known_.end() && one.presence != Presence::gone)
      note(one, known);
    else if (known != known_.end() || !is_to_be_watched(one))
      continue;
    else if (known_.size() < kMaxGateways)
      add(one, now);
    else
      ++left_out;
  }
  if (left_out > 0)
    problems.push_back({Fault::too_big, "gateways",
                        "at most " + std::to_string(kMaxGateways) +
                            " are watched; " + std::to_string(left_out) +
                            " more are left out"});
  for (auto known = known_.begin(); known != known_.end();)
    known = is_over(known->second, now, incidents) ? erase(known)
                                                   : std::next(known);
}

bool GatewayRegister::is_over(
    const Known& known, WallTime now,
    const std::map<std::string, WallTime>& incidents) const {
  if (known.stays || !known.gone_since || known.rounds_gone < kRoundsGone)
    return false;
  const auto incident = incidents.find(known.gateway.name);
  if (incident != incidents.end() && now - incident->second < kMemory)
    return false;
  return *known.gone_since - known.gateway.first_seen < kMemory ||
         now - *known.gone_since >= kMemory;
}

GatewayRegister::Gateways::iterator GatewayRegister::erase(
    Gateways::iterator known) {
  names_.erase(known->second.gateway.name);
  const auto leads_there = [&](const auto& one) {
    return one.second == known->first;
  };
  std::erase_if(identities_, leads_there);
  std::erase_if(other_paths_, leads_there);
  return known_.erase(known);
}

void GatewayRegister::keep(const std::set<std::string>& entries,
                           bool discovering) {
  for (auto known = known_.begin(); known != known_.end();) {
    const auto& entry = known->second.entry;
    const bool kept = entry.empty() ? discovering : entries.contains(entry);
    known = kept ? std::next(known) : erase(known);
  }
}

std::vector<RegisteredGateway> GatewayRegister::gateways() const {
  std::vector<RegisteredGateway> gateways;
  gateways.reserve(known_.size());
  for (const auto& [state_dir, known] : known_)
    gateways.push_back(known.gateway);
  return gateways;
}

}  // namespace openclaw_lock
