// SPDX-License-Identifier: Apache-2.0
#include "core/locks/lock_claim.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/javascript_date.h"
#include "core/base/javascript_json.h"

namespace openclaw_lock {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 16;
constexpr std::int64_t kMaxMilliseconds =
    INT64_C(253402300799999);  // year 9999

/// Takes the members of a lock's object as the parser meets them: no document
/// is built. Of a member named twice the last one counts.
class ClaimReader final : public nlohmann::json_sax<Json> {
 public:
  /// Empty where the text is not one object.
  std::optional<LockClaim> claim() const {
    if (!is_object_) return {};
    auto claim = claim_;
    if (!created_at_is_text_) {
      claim.created_at = started_at_;
      claim.created_in_local_time = false;
    }
    return claim;
  }
  bool too_deep() const { return too_deep_; }

  bool null() override { return other_type(); }
  bool boolean(bool /*value*/) override { return other_type(); }
  bool number_integer(number_integer_t /*negative*/) override {
    return other_type();
  }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto kMax =
        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value > kMax) return other_type();
    return number(static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    // JavaScript writes 1e3 for 1000: what counts is that it is whole.
    constexpr double kMaxWhole = 9007199254740992.0;
    if (!(value >= 0) || value > kMaxWhole || value != std::floor(value))
      return other_type();
    return number(static_cast<std::int64_t>(value));
  }
  bool string(string_t& value) override {
    other_type();
    if (depth_ == 1 && key_ == "createdAt") {
      created_at_is_text_ = true;
      take_creation(value);
    }
    return true;
  }
  bool binary(binary_t& /*value*/) override { return other_type(); }

  bool start_object(std::size_t /*size*/) override {
    if (depth_ == 0) is_object_ = true;
    return descend();
  }
  bool key(string_t& name) override {
    if (depth_ == 1) key_.swap(name);
    return true;
  }
  bool end_object() override { return ascend(); }
  bool start_array(std::size_t /*size*/) override { return descend(); }
  bool end_array() override { return ascend(); }
  bool parse_error(std::size_t /*position*/, const std::string& /*last_token*/,
                   const Json::exception& /*error*/) override {
    return false;
  }

 private:
  void take_creation(const std::string& text) {
    const auto date = parse_javascript_date(text);
    claim_.created_at = date ? std::optional{date->time} : std::nullopt;
    claim_.created_in_local_time = date && date->is_local;
  }

  bool descend() {
    other_type();
    too_deep_ = ++depth_ > kMaxDepth;
    return !too_deep_;
  }

  bool ascend() {
    --depth_;
    return true;
  }

  /// A value of a type that the member does not have.
  bool other_type() {
    if (depth_ != 1) return true;
    if (key_ == "pid") claim_.pid.reset();
    if (key_ == "starttime") claim_.start_ticks.reset();
    if (key_ == "maxHoldMs") claim_.max_hold.reset();
    if (key_ == "startedAt") started_at_.reset();
    if (key_ == "createdAt") created_at_is_text_ = false;
    return true;
  }

  bool number(std::int64_t value) {
    other_type();
    if (depth_ != 1) return true;
    if (key_ == "pid" && value >= 1 && value <= std::numeric_limits<int>::max())
      claim_.pid = static_cast<int>(value);
    if (key_ == "starttime")
      claim_.start_ticks = static_cast<std::uint64_t>(value);
    const bool is_span = value <= kMaxMilliseconds;
    if (key_ == "maxHoldMs" && value > 0 && is_span)
      claim_.max_hold = std::chrono::milliseconds{value};
    if (key_ == "startedAt" && is_span)
      started_at_ = WallTime{std::chrono::milliseconds{value}};
    return true;
  }

  LockClaim claim_;
  std::optional<WallTime> started_at_;
  bool created_at_is_text_ = false;
  bool is_object_ = false;
  bool too_deep_ = false;
  int depth_ = 0;
  std::string key_;
};

}  // namespace

Result<LockClaim> parse_lock_claim(std::string_view body) {
  if (body.size() > kMaxLockBytes)
    return Problem{Fault::too_big, "lock", "longer than 4096 bytes"};
  ClaimReader reader;
  const auto text = as_javascript_reads(body);
  const bool parsed = text && Json::sax_parse(*text, &reader);
  if (reader.too_deep())
    return Problem{Fault::malformed, "lock", "nested too deep"};
  const auto claim = parsed ? reader.claim() : std::nullopt;
  if (!claim) return Problem{Fault::malformed, "lock", "not a JSON object"};
  return *claim;
}

}  // namespace openclaw_lock
