// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/json5.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace openclaw_lock {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<unsigned> hex_digit(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return {};
}

void add_utf8(std::uint32_t code, std::string& text) {
  const auto byte = [&](std::uint32_t value) {
    text += static_cast<char>(static_cast<unsigned char>(value));
  };
  const auto tail = [&](unsigned shift) {
    byte(0x80 | ((code >> shift) & 63));
  };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xC0 | (code >> 6));
  } else if (code < 0x10000) {
    byte(0xE0 | (code >> 12));
    tail(6);
  } else {
    byte(0xF0 | (code >> 18));
    tail(12);
    tail(6);
  }
  tail(0);
}

/// LINE SEPARATOR and PARAGRAPH SEPARATOR end a line, too.
bool starts_with_separator(std::string_view text) {
  return text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9");
}

/// Bytes of the blank at the front; 0: there is none.
std::size_t blank_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text.front());
  if (first == ' ' || (first >= '\t' && first <= '\r')) return 1;
  if (first < 0x80) return 0;
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.size() < 3) return 0;
  const auto third = static_cast<unsigned char>(text[2]);
  // U+2000 to U+200A, the separators, U+202F; U+205F; U+1680, U+3000, U+FEFF.
  if (text.starts_with("\xE2\x80"))
    return (third >= 0x80 && third <= 0x8A) || third == 0xA8 || third == 0xA9 ||
                   third == 0xAF
               ? 3
               : 0;
  for (const std::string_view blank :
       {"\xE2\x81\x9F", "\xE1\x9A\x80", "\xE3\x80\x80", "\xEF\xBB\xBF"})
    if (text.starts_with(blank)) return blank.size();
  return 0;
}

bool starts_name(std::string_view text) {
  if (text.empty() || blank_length(text) > 0) return false;
  const char c = text.front();
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '$' ||
         c == '_' || c == '\\' || static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
 public:
  Parser(std::string_view text, const Json5Filter& wanted)
      : whole_{text}, left_{text}, wanted_{wanted} {}

  Result<Json5Value> run() {
    Json5Value value;
    if (!skip_blanks() || !read_value(&value, 0) || !skip_blanks())
      return failed();
    if (!left_.empty()) {
      fail("something follows the value");
      return failed();
    }
    return value;
  }

 private:
  Problem failed() const {
    const auto read = whole_.substr(0, whole_.size() - left_.size());
    return {fault_,
            {},
            "line " +
                std::to_string(1 + std::count(read.begin(), read.end(), '\n')) +
                ": " + reason_};
  }

  bool fail(const char* reason, Fault fault = Fault::malformed) {
    reason_ = reason;
    fault_ = fault;
    return false;
  }

  bool take(std::string_view token) {
    if (!left_.starts_with(token)) return false;
    left_.remove_prefix(token.size());
    return true;
  }

  bool skip_blanks() {
    for (;;) {
      if (const auto length = blank_length(left_); length > 0) {
        left_.remove_prefix(length);
      } else if (left_.starts_with("//")) {
        while (!left_.empty() && left_.front() != '\n' &&
               left_.front() != '\r' && !starts_with_separator(left_))
          left_.remove_prefix(1);
      } else if (left_.starts_with("/*")) {
        const auto end = left_.find("*/", 2);
        if (end == std::string_view::npos) return fail("a comment has no end");
        left_.remove_prefix(end + 2);
      } else {
        return true;
      }
    }
  }

  /// `value`: null: it is not wanted.
  bool read_value(Json5Value* value, std::size_t depth) {
    if (left_.empty()) return fail("a value is missing");
    if (depth > kMaxJson5Depth) return fail("nested too deep");
    if (value && ++kept_ > kMaxJson5Values)
      return fail("too many values", Fault::too_big);
    switch (left_.front()) {
      case '{':
        return read_object(value, depth);
      case '[':
        return read_list(value, depth);
      case '"':
      case '\'':
        if (value) value->kind = Json5Value::Kind::text;
        return read_string(value ? &value->text : nullptr);
      default:
        break;
    }
    for (const auto* word : {"null", "true", "false"})
      if (take(word))
        return !starts_name(left_) && (left_.empty() || !is_digit(left_[0]))
                   ? true
                   : fail("unknown word");
    return read_number();
  }

  bool read_number() {
    if (!take("-")) take("+");
    if (take("Infinity") || take("NaN")) return ends_number();
    if (take("0x") || take("0X")) {
      if (left_.empty() || !hex_digit(left_[0])) return fail("not a value");
      while (!left_.empty() && hex_digit(left_[0])) left_.remove_prefix(1);
      return ends_number();
    }
    const bool leading_zero = left_.starts_with('0');
    const auto whole = skip_digits();
    if (leading_zero && whole > 1) return fail("a number begins with 0");
    const auto fraction = take(".") ? skip_digits() : 0;
    if (whole + fraction == 0) return fail("not a value");
    if (take("e") || take("E")) {
      if (!take("-")) take("+");
      if (skip_digits() == 0) return fail("an exponent is missing");
    }
    return ends_number();
  }

  std::size_t skip_digits() {
    const auto end = std::ranges::find_if_not(left_, is_digit);
    const auto count = static_cast<std::size_t>(end - left_.begin());
    left_.remove_prefix(count);
    return count;
  }

  bool ends_number() {
    if (left_.empty()) return true;
    return starts_name(left_) || is_digit(left_[0]) || left_[0] == '.'
               ? fail("not a number")
               : true;
  }

  bool read_list(Json5Value* value, std::size_t depth) {
    if (value) value->kind = Json5Value::Kind::list;
    left_.remove_prefix(1);
    for (;;) {
      if (!skip_blanks()) return false;
      if (take("]")) return true;
      Json5Value element;
      if (!read_value(value ? &element : nullptr, depth + 1)) return false;
      if (value) value->elements.push_back(std::move(element));
      if (!skip_blanks()) return false;
      if (take("]")) return true;
      if (!take(",")) return fail("expected a comma or ]");
    }
  }

  bool read_object(Json5Value* value, std::size_t depth) {
    if (value) value->kind = Json5Value::Kind::object;
    left_.remove_prefix(1);
    for (;;) {
      if (!skip_blanks()) return false;
      if (take("}")) return true;
      std::string name;
      if (!read_name(name) || !skip_blanks()) return false;
      if (!take(":")) return fail("expected a colon");
      if (!skip_blanks()) return false;
      if (!read_member(std::move(name), value, depth) || !skip_blanks())
        return false;
      if (take("}")) return true;
      if (!take(",")) return fail("expected a comma or }");
    }
  }

  bool read_member(std::string name, Json5Value* value, std::size_t depth) {
    if (!value) return read_value(nullptr, depth + 1);
    names_.push_back(name);
    const bool is_wanted = wanted_(names_);
    Json5Value member;
    const bool read = read_value(is_wanted ? &member : nullptr, depth + 1);
    names_.pop_back();
    if (!read || !is_wanted) return read;
    if (auto* before = value->find(name))
      *before = std::move(member);
    else
      value->members.emplace_back(std::move(name), std::move(member));
    return true;
  }

  bool read_name(std::string& name) {
    if (left_.starts_with('"') || left_.starts_with('\''))
      return read_string(&name);
    if (!starts_name(left_)) return fail("expected a name");
    while (starts_name(left_) || (!left_.empty() && is_digit(left_[0]))) {
      if (!take("\\")) {
        name += left_.front();
        left_.remove_prefix(1);
      } else if (!take("u") || !read_code_unit(name)) {
        return fail("a bad escape in a name");
      }
    }
    return true;
  }

  std::optional<std::uint32_t> read_hex(std::size_t digits) {
    if (left_.size() < digits) return {};
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const auto digit = hex_digit(left_[i]);
      if (!digit) return {};
      code = code * 16 + *digit;
    }
    left_.remove_prefix(digits);
    return code;
  }

  /// Behind `\u`.
  bool read_code_unit(std::string& text) {
    constexpr std::uint32_t kReplacement = 0xFFFD;
    auto code = read_hex(4);
    if (!code) return false;
    if (*code >= 0xD800 && *code < 0xDC00 && left_.starts_with("\\u")) {
      const auto before = left_;
      left_.remove_prefix(2);
      const auto low = read_hex(4);
      if (low && *low >= 0xDC00 && *low < 0xE000)
        code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
      else
        left_ = before;
    }
    const bool is_half = *code >= 0xD800 && *code < 0xE000;
    add_utf8(is_half ? kReplacement : *code, text);
    return true;
  }

  bool read_escape(std::string& text) {
    if (left_.empty()) return fail("a string has no end");
    if (starts_with_separator(left_)) {
      left_.remove_prefix(3);
      return true;
    }
    const char c = left_.front();
    left_.remove_prefix(1);
    constexpr std::string_view kNames = "bfnrtv";
    constexpr std::string_view kMeanings = "\b\f\n\r\t\v";
    if (const auto known = kNames.find(c); known != std::string_view::npos) {
      text += kMeanings[known];
    } else if (c == '\r') {
      take("\n");
    } else if (c == 'x') {
      const auto code = read_hex(2);
      if (!code) return fail("a bad escape in a string");
      add_utf8(*code, text);
    } else if (c == 'u') {
      if (!read_code_unit(text)) return fail("a bad escape in a string");
    } else if (is_digit(c)) {
      if (c != '0' || (!left_.empty() && is_digit(left_[0])))
        return fail("a bad escape in a string");
      text += '\0';
    } else if (c != '\n') {
      text += c;
    }
    return true;
  }

  bool read_string(std::string* text) {
    const char quote = left_.front();
    left_.remove_prefix(1);
    std::string unwanted;
    auto& into = text ? *text : unwanted;
    while (!left_.empty() && left_.front() != quote) {
      if (left_.front() == '\n' || left_.front() == '\r') break;
      if (take("\\")) {
        if (!read_escape(into)) return false;
      } else {
        if (text) into += left_.front();
        left_.remove_prefix(1);
      }
      unwanted.clear();
    }
    return left_.starts_with(quote) ? take(left_.substr(0, 1))
                                    : fail("a string has no end");
  }

  const std::string_view whole_;
  std::string_view left_;
  const Json5Filter& wanted_;
  std::vector<std::string> names_;
  std::size_t kept_ = 0;
  Fault fault_ = Fault::malformed;
  std::string reason_;
};

}  // namespace

const Json5Value* Json5Value::find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      members, [&](const auto& member) { return member.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

Json5Value* Json5Value::find(std::string_view name) {
  const auto found = std::ranges::find_if(
      members, [&](const auto& member) { return member.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

Result<Json5Value> parse_json5(std::string_view text,
                               const Json5Filter& wanted) {
  return Parser{text, wanted}.run();
}

}  // namespace openclaw_lock
