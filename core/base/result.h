// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace openclaw_lock {

/// What kind of obstacle kept a fact from being known. The names are the
/// values of the label `problem` of openclaw_lock_source_problems_total.
enum class Fault {
  missing,        ///< ENOENT, ESRCH, ENOTDIR, EOPNOTSUPP: not there
  denied,         ///< EACCES, EPERM, or hidden from us (hidepid)
  malformed,      ///< there, but not of the documented form
  too_big,        ///< over a bound of ours; not read
  io,             ///< any other error of the system
  timeout,        ///< not answered within a round
  pid_namespace,  ///< label value `namespace`: outside the PID namespaces we
                  ///< see
  unsupported,    ///< this kernel, file system or version cannot be told of
  unrecognised,   ///< lines are read, and none is understood
};

inline constexpr std::size_t kFaultCount = 9;

/// Label value of a fault.
constexpr const char* to_string(Fault fault) {
  switch (fault) {
    case Fault::missing:
      return "missing";
    case Fault::denied:
      return "denied";
    case Fault::malformed:
      return "malformed";
    case Fault::too_big:
      return "too_big";
    case Fault::io:
      return "io";
    case Fault::timeout:
      return "timeout";
    case Fault::pid_namespace:
      return "namespace";
    case Fault::unsupported:
      return "unsupported";
    case Fault::unrecognised:
      return "unrecognised";
  }
  return "io";
}

/// One obstacle: what kind, at which thing, and the reason in words.
struct Problem {
  Fault fault = Fault::io;
  std::string where;   ///< thing that was looked at; never the name of a lock
  std::string detail;  ///< one line, without content of the thing

  bool operator==(const Problem&) const = default;
};

/// A value or the problem that kept it from being had.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
  Result(Problem problem)
      : state_{std::in_place_index<1>, std::move(problem)} {}

  explicit operator bool() const { return state_.index() == 0; }
  const T& operator*() const& { return std::get<0>(state_); }
  T& operator*() & { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  const T* operator->() const { return &std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const Problem& problem() const { return std::get<1>(state_); }

 private:
  std::variant<T, Problem> state_;
};

}  // namespace openclaw_lock
