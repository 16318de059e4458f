// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/gateways/directory_identity.h"

namespace openclaw_lock {

/// Label `origin` of openclaw_lock_gateways.
enum class GatewayOrigin { configured, discovered };

/// Whether a directory is there.
enum class Presence {
  present,
  gone,
  unknown,  ///< what it lies on does not answer, or nobody looked
};

/// A state directory as one look saw it.
struct SeenGateway {
  std::string state_dir = {};  ///< as the exporter can open it
  std::string name = {};       ///< that the configuration gives; may be empty
  std::string name_from = {};  ///< the path to make a name of
  std::string entry = {};      ///< of the configuration; empty: discovered
  bool matched = false;        ///< a pattern of that entry matches it, or did
  std::optional<DirectoryIdentity> identity = {};
  Presence presence = Presence::unknown;
  bool has_process = false;
  bool passing = false;  ///< `state_dir` leads through a process' root
};

/// A gateway that is watched.
struct RegisteredGateway {
  std::string name;       ///< unique; stays
  std::string state_dir;  ///< changes where the path leads through a process
  GatewayOrigin origin = GatewayOrigin::discovered;
  WallTime first_seen{};
  bool missing = false;  ///< its directory is gone, and it has no process

  bool operator==(const RegisteredGateway&) const = default;
};

/// Which gateways there are, by what the looks for them saw: gives names once,
/// knows one directory under several names as one, and forgets. Pure.
///
/// One that the configuration names is known as long as its entry. One that was
/// discovered, or matched by a pattern of the configuration, and whose
/// directory is gone and that has no process, is forgotten in the second round
/// that sees it so, if it was known for less than an hour; else an hour later;
/// in no case while an incident of it is younger than an hour.
class GatewayRegister {
 public:
  static constexpr std::size_t kMaxGateways = 1000;

  /// What first_seen() gave a run before this one.
  void restore(std::map<std::string, WallTime> first_seen) {
    restored_ = std::move(first_seen);
  }
  /// When those that may be forgotten were first seen, by a key that stays.
  std::map<std::string, WallTime> first_seen() const;

  /// Takes in one look; what it says nothing of is as it was. `incidents`: the
  /// newest of each gateway, by name. What cannot be watched is told in
  /// `problems`.
  void update(const std::vector<SeenGateway>& seen, WallTime now,
              const std::map<std::string, WallTime>& incidents,
              std::vector<Problem>& problems);

  /// Forgets those whose entry is not among these, and, where nothing is to be
  /// discovered, the others.
  void keep(const std::set<std::string>& entries, bool discovering);

  /// Sorted by state directory.
  std::vector<RegisteredGateway> gateways() const;

 private:
  struct Known {
    RegisteredGateway gateway;
    std::string entry;
    bool stays = false;  ///< as long as its entry: the configuration names it
    std::string name_from;
    std::optional<DirectoryIdentity> identity;
    bool passing = false;
    bool seen_gone = false;  ///< in this update
    std::size_t rounds_gone = 0;
    std::optional<WallTime> gone_since;
  };
  using Gateways = std::map<std::string, Known>;  ///< by state directory

  Gateways::iterator find(const SeenGateway& seen);
  void add(const SeenGateway& seen, WallTime now);
  void note(const SeenGateway& seen, Gateways::iterator known);
  /// One that could not be looked at so far, and is known by another path.
  void forget_twin(const SeenGateway& seen);
  void note_path(const SeenGateway& seen, Gateways::iterator known);
  void set_identity(Known& known, const DirectoryIdentity& identity);
  void note_missing(WallTime now);
  bool is_over(const Known& known, WallTime now,
               const std::map<std::string, WallTime>& incidents) const;
  Gateways::iterator erase(Gateways::iterator known);

  Gateways known_;
  std::map<DirectoryIdentity, std::string> identities_;  ///< to state directory
  std::map<std::string, std::string> other_paths_;       ///< to state directory
  std::set<std::string> names_;
  std::map<std::string, WallTime> restored_;
};

}  // namespace openclaw_lock
