// SPDX-License-Identifier: Apache-2.0
#include "core/logs/json_members.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

namespace openclaw_lock {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMaxWhole = INT64_C(1) << 53;

class MemberWalker final : public nlohmann::json_sax<Json> {
 public:
  explicit MemberWalker(const JsonVisitor& visit) : visit_{visit} {}

  bool null() override { return show({}); }
  bool boolean(bool /*value*/) override { return show({}); }
  bool number_integer(number_integer_t /*negative*/) override {
    return show({});
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(kMaxWhole)) return show({});
    return show({{}, static_cast<std::int64_t>(value)});
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    if (!(value >= 0) || value > static_cast<number_float_t>(kMaxWhole) ||
        value != std::floor(value))
      return show({});
    return show({{}, static_cast<std::int64_t>(value)});
  }
  bool string(string_t& value) override {
    return show({std::string_view{value}, {}});
  }
  bool binary(binary_t& /*value*/) override { return show({}); }

  bool start_object(std::size_t /*size*/) override { return descend(); }
  bool key(string_t& name) override {
    if (depth_ <= kJsonPathDepth) names_[depth_ - 1].swap(name);
    return true;
  }
  bool end_object() override { return ascend(); }
  bool start_array(std::size_t /*size*/) override {
    if (depth_ == 0 || !descend()) return false;
    if (depth_ <= kJsonPathDepth) names_[depth_ - 1].clear();
    return true;
  }
  bool end_array() override { return ascend(); }
  bool parse_error(std::size_t /*position*/, const std::string& /*last_token*/,
                   const Json::exception& /*error*/) override {
    return false;
  }

 private:
  bool descend() { return ++depth_ <= kMaxJsonDepth; }
  bool ascend() {
    --depth_;
    return true;
  }

  bool show(const JsonValue& value) {
    if (depth_ == 0) return false;
    JsonPath path;
    path.depth = depth_;
    for (std::size_t i = 0; i < std::min(depth_, kJsonPathDepth); ++i)
      path.names[i] = names_[i];
    visit_(path, value);
    return true;
  }

  const JsonVisitor& visit_;
  std::array<std::string, kJsonPathDepth> names_;
  std::size_t depth_ = 0;
};

}  // namespace

bool visit_json_members(std::string_view line, const JsonVisitor& visit) {
  // The parser takes a NUL for the end.
  if (line.find('\0') != std::string_view::npos) return false;
  MemberWalker walker{visit};
  return Json::sax_parse(line, &walker);
}

}  // namespace openclaw_lock
