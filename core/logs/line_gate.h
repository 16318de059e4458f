// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace openclaw_lock {

using LineVisitor = std::function<void(std::string_view)>;

/// What stands before a level's number in a record, and a rare letter in it.
inline constexpr std::string_view kLevelId = R"("logLevelId":)";
inline constexpr std::size_t kLevelIdLetter = kLevelId.find('I');

/// Decides which lines of a text of OpenClaw's file log have to be decoded (see
/// sieve_openclaw_json), from places that are told in their order.
class LineGate {
 public:
  LineGate(std::string_view lines, const LineVisitor& visit);

  /// At each newline. Shows the line that ends here, if it has to be decoded.
  void newline(std::size_t at);

  /// At the kLevelIdLetter of each level of WARN or above; may also be called
  /// at any other byte.
  void level(std::size_t at);

  /// Newlines so far.
  std::size_t count() const { return count_; }

 private:
  void begin_line(std::size_t at);
  [[gnu::noinline]] void look_at_line(std::size_t end);

  std::string_view lines_;
  const LineVisitor& visit_;
  std::size_t begin_ = 0;
  std::size_t count_ = 0;
  bool loud_ = false;
  bool suspect_ = false;
};

}  // namespace openclaw_lock
