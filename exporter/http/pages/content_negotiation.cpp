// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/pages/content_negotiation.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxHeaderBytes = 4096;
constexpr int kFullWeight = 1000;

/// One element of Accept or Accept-Encoding; all text in lower case.
struct Preference {
  std::string value;    ///< media range or content coding
  std::string version;  ///< parameter of the media range, empty where absent
  std::string charset;
  int weight = kFullWeight;  ///< thousandths
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_token_character(char c) {
  const char lower = to_lower(c);
  return (lower >= 'a' && lower <= 'z') || is_digit(c) ||
         (c != '\0' && std::string_view{"!#$%&'*+-.^_`|~"}.find(c) !=
                           std::string_view::npos);
}

/// Takes the pieces of RFC 9110's grammar from the front of a header.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view rest) : rest_{rest} {}

  bool at_end() const { return rest_.empty(); }

  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
  }

  bool take(char expected) {
    if (rest_.empty() || rest_[0] != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string token() {
    const auto end =
        std::find_if_not(rest_.begin(), rest_.end(), is_token_character);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    std::string text{rest_.substr(0, length)};
    std::transform(text.begin(), text.end(), text.begin(), to_lower);
    rest_.remove_prefix(length);
    return text;
  }

  /// The text of a quoted string whose opening quote is taken.
  std::optional<std::string> quoted_rest() {
    std::string text;
    while (!rest_.empty()) {
      if (take('"')) return text;
      take('\\');
      if (rest_.empty()) break;
      text += to_lower(rest_[0]);
      rest_.remove_prefix(1);
    }
    return {};
  }

 private:
  std::string_view rest_;
};

/// RFC 9110 12.4.2: 0 to 1 with at most three decimals.
std::optional<int> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1'))
    return {};
  if (text.size() > 1 && text[1] != '.') return {};
  int weight = (text[0] - '0') * kFullWeight;
  int unit = kFullWeight / 10;
  for (std::size_t i = 2; i < text.size(); ++i, unit /= 10) {
    if (!is_digit(text[i])) return {};
    weight += (text[i] - '0') * unit;
  }
  if (weight > kFullWeight) return {};
  return weight;
}

/// Reads `name=value` after a semicolon. False: malformed.
bool read_parameter(HeaderReader& reader, Preference& preference) {
  const auto name = reader.token();
  if (name.empty() || !reader.take('=')) return false;
  if (name == "q") {
    const auto weight = parse_weight(reader.token());
    if (weight) preference.weight = *weight;
    return weight.has_value();
  }
  const auto value = reader.take('"') ? reader.quoted_rest() : reader.token();
  if (!value) return false;
  if (name == "version") preference.version = *value;
  if (name == "charset") preference.charset = *value;
  return true;
}

std::optional<Preference> read_preference(HeaderReader& reader) {
  Preference preference;
  preference.value = reader.token();
  if (preference.value.empty()) return {};
  if (reader.take('/')) {
    const auto subtype = reader.token();
    if (subtype.empty()) return {};
    preference.value += '/' + subtype;
  }
  for (;;) {
    reader.skip_blanks();
    if (!reader.take(';')) return preference;
    reader.skip_blanks();
    if (!read_parameter(reader, preference)) return {};
  }
}

/// The elements of the header; none where it is malformed or too long.
std::vector<Preference> parse_preferences(std::string_view header) {
  if (header.size() > kMaxHeaderBytes) return {};
  std::vector<Preference> preferences;
  HeaderReader reader{header};
  for (;;) {
    reader.skip_blanks();
    if (reader.at_end()) return preferences;
    if (reader.take(',')) continue;
    auto preference = read_preference(reader);
    if (!preference) return {};
    preferences.push_back(std::move(*preference));
    if (!reader.at_end() && !reader.take(',')) return {};
  }
}

/// The weight that a thing gets from the range which names it best.
class BestWeight {
 public:
  void offer(int specificity, int weight) {
    if (specificity < specificity_) return;
    weight_ = specificity > specificity_ ? weight : std::max(weight_, weight);
    specificity_ = specificity;
  }
  int weight() const { return weight_; }

 private:
  int specificity_ = -1;
  int weight_ = 0;
};

bool is_utf8(const Preference& range) {
  return range.charset.empty() || range.charset == "utf-8";
}

int openmetrics_weight(const std::vector<Preference>& ranges) {
  BestWeight best;
  for (const auto& range : ranges) {
    if (range.value != "application/openmetrics-text" || !is_utf8(range))
      continue;
    if (range.version.empty()) best.offer(0, range.weight);
    if (range.version == "1.0.0" || range.version == "0.0.1")
      best.offer(1, range.weight);
  }
  return best.weight();
}

int text_weight(const std::vector<Preference>& ranges) {
  BestWeight best;
  for (const auto& range : ranges) {
    if (!is_utf8(range)) continue;
    if (range.value == "*/*") best.offer(0, range.weight);
    if (range.value == "text/*") best.offer(1, range.weight);
    if (range.value != "text/plain") continue;
    if (range.version.empty()) best.offer(2, range.weight);
    if (range.version == "0.0.4") best.offer(3, range.weight);
  }
  return best.weight();
}

}  // namespace

ExpositionFormat choose_format(std::string_view accept) {
  const auto ranges = parse_preferences(accept);
  const int openmetrics = openmetrics_weight(ranges);
  return openmetrics > 0 && openmetrics >= text_weight(ranges)
             ? ExpositionFormat::openmetrics_1_0_0
             : ExpositionFormat::text_0_0_4;
}

std::string_view content_type(ExpositionFormat format) {
  return format == ExpositionFormat::openmetrics_1_0_0
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

bool accepts_gzip(std::string_view accept_encoding) {
  BestWeight best;
  for (const auto& coding : parse_preferences(accept_encoding)) {
    if (coding.value == "*") best.offer(0, coding.weight);
    if (coding.value == "gzip" || coding.value == "x-gzip")
      best.offer(1, coding.weight);
  }
  return best.weight() > 0;
}

}  // namespace openclaw_lock
