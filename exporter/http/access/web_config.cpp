// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/access/web_config.h"

#include <algorithm>
#include <array>
#include <exception>

#include "core/base/duration.h"
#include "core/base/text.h"
#include "exporter/config/setting_values.h"
#include "exporter/config/yaml_reader.h"
#include "exporter/config/yaml_tree.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

using Kind = YamlNode::Kind;
using Outcome = std::optional<Problem>;

constexpr std::size_t kLargestFile = 1U << 20U;
constexpr int kHighestCost = 14;  // about 1 s; each step doubles it

template <typename Value>
struct Word {
  std::string_view text;
  Value value;
};
template <typename Value>  // clang++ 14 finds it not by itself
Word(std::string_view, Value)->Word<Value>;

constexpr std::array kVersions{Word{"TLS12", TlsVersion::tls_1_2},
                               Word{"TLS13", TlsVersion::tls_1_3}};
constexpr std::array kClientAuths{
    Word{"", ClientAuth::none},
    Word{"NoClientCert", ClientAuth::none},
    Word{"RequestClientCert", ClientAuth::request},
    Word{"RequireAnyClientCert", ClientAuth::require_any},
    Word{"RequireClientCert", ClientAuth::require_any},
    Word{"VerifyClientCertIfGiven", ClientAuth::verify_if_given},
    Word{"RequireAndVerifyClientCert", ClientAuth::require_and_verify}};
/// Go's names, and OpenSSL's.
constexpr std::array kCiphers{
    Word{"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"},
    Word{"TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"},
    Word{"TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"},
    Word{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
         "ECDHE-ECDSA-AES128-GCM-SHA256"},
    Word{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
         "ECDHE-ECDSA-AES256-GCM-SHA384"},
    Word{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
         "ECDHE-RSA-AES128-GCM-SHA256"},
    Word{"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
         "ECDHE-RSA-AES256-GCM-SHA384"},
    Word{"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
         "ECDHE-ECDSA-CHACHA20-POLY1305"},
    Word{"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
         "ECDHE-RSA-CHACHA20-POLY1305"}};
constexpr std::array kCurves{
    Word{"CurveP256", "P-256"}, Word{"CurveP384", "P-384"},
    Word{"CurveP521", "P-521"}, Word{"X25519", "X25519"}};
/// The words of YAML 1.1, as Go's yaml.v2 reads them.
constexpr std::array kSwitches{
    Word{"y", true},      Word{"Y", true},      Word{"yes", true},
    Word{"Yes", true},    Word{"YES", true},    Word{"true", true},
    Word{"True", true},   Word{"TRUE", true},   Word{"on", true},
    Word{"On", true},     Word{"ON", true},     Word{"n", false},
    Word{"N", false},     Word{"no", false},    Word{"No", false},
    Word{"NO", false},    Word{"false", false}, Word{"False", false},
    Word{"FALSE", false}, Word{"off", false},   Word{"Off", false},
    Word{"OFF", false}};

struct Header {
  std::string_view name;
  std::array<std::string_view, 2> values;  ///< allowed; empty: any
};
constexpr std::array kHeaders{
    Header{"Strict-Transport-Security", {}},
    Header{"X-Content-Type-Options", {"nosniff", "nosniff"}},
    Header{"X-Frame-Options", {"deny", "sameorigin"}},
    Header{"X-XSS-Protection", {}}, Header{"Content-Security-Policy", {}}};

template <typename Words>
auto find_word(const Words& words, std::string_view text) {
  return std::ranges::find(words, text,
                           [](const auto& word) { return word.text; });
}

template <typename Words>
std::string list_words(const Words& words) {
  std::string list;
  for (const auto& word : words) {
    if (word.text.empty()) continue;
    list.append(list.empty() ? "" : ", ").append(word.text);
  }
  return list;
}

bool is_tls_1_3(const std::string& cipher) { return cipher.starts_with("TLS"); }

/// Walks the tree; the first problem ends it. Where exporter-toolkit takes a
/// key without a value as one that is not there, this does, too.
class WebConfigReader {
 public:
  WebConfigReader(const std::filesystem::path& file, WebConfig& config)
      : yaml_{to_label_text(file.native(), 4096)},
        directory_{file.parent_path()},
        config_{config} {}

  Outcome read(const YamlNode& root) {
    const auto entries =
        yaml_.read_map(root, "the file",
                       {"tls_server_config", "http_server_config",
                        "basic_auth_users", "rate_limit"});
    if (!entries) return entries.problem();
    for (const auto& [key, value] : *entries) {
      auto problem = key == "tls_server_config"    ? read_tls(*value)
                     : key == "http_server_config" ? read_http(*value)
                     : key == "basic_auth_users"   ? read_users(*value)
                                                   : read_rate_limit(*value);
      if (problem) return problem;
    }
    return {};
  }

 private:
  Outcome read_tls(const YamlNode& node) {
    const auto entries = yaml_.read_map(
        node, "tls_server_config",
        {"cert", "cert_file", "key", "key_file", "client_ca", "client_ca_file",
         "client_auth_type", "client_allowed_sans", "min_version",
         "max_version", "cipher_suites", "prefer_server_cipher_suites",
         "curve_preferences"});
    if (!entries) return entries.problem();
    TlsServerConfig tls;
    bool with_auth_type = false;
    for (const auto& [key, value] : *entries) {
      if (auto problem = read_tls_key(key, *value, tls)) return problem;
      if (key == "client_auth_type") with_auth_type = !value->text.empty();
    }
    if (!with_auth_type && !tls.certificate.given() && !tls.key.given() &&
        !tls.client_ca.given()) {
      // exporter-toolkit serves plain HTTP then: too easily not noticed.
      if (tls == TlsServerConfig{}) return {};
      return yaml_.refuse(
          node,
          "tls_server_config needs cert or cert_file: without it there "
          "would be no TLS");
    }
    if (auto problem = check_tls(node, tls)) return problem;
    config_.tls = std::move(tls);
    return {};
  }

  Outcome check_tls(const YamlNode& node, const TlsServerConfig& tls) const {
    if (!tls.certificate.given())
      return yaml_.refuse(node, "tls_server_config needs cert or cert_file");
    if (!tls.key.given())
      return yaml_.refuse(node, "tls_server_config needs key or key_file");
    if (tls.client_ca.given() && tls.client_auth == ClientAuth::none)
      return yaml_.refuse(node, "client_ca needs a client_auth_type");
    if (!tls.client_allowed_sans.empty() &&
        tls.client_auth != ClientAuth::require_any &&
        tls.client_auth != ClientAuth::require_and_verify)
      return yaml_.refuse(node,
                          "client_allowed_sans needs the client_auth_type "
                          "RequireAnyClientCert or RequireAndVerifyClientCert");
    if (tls.min_version > tls.max_version)
      return yaml_.refuse(node, "min_version is above max_version");
    if (tls.max_version == TlsVersion::tls_1_2 && !tls.ciphers.empty() &&
        std::ranges::all_of(tls.ciphers, is_tls_1_3))
      return yaml_.refuse(node, "no suite of cipher_suites is of TLS12");
    return {};
  }

  Outcome read_tls_key(std::string_view key, const YamlNode& node,
                       TlsServerConfig& tls) const {
    if (key == "cert") return read_text(key, node, tls.certificate.text);
    if (key == "cert_file") return read_file(key, node, tls.certificate.file);
    if (key == "key") return read_text(key, node, tls.key.text);
    if (key == "key_file") return read_file(key, node, tls.key.file);
    if (key == "client_ca") return read_text(key, node, tls.client_ca.text);
    if (key == "client_ca_file")
      return read_file(key, node, tls.client_ca.file);
    if (key == "client_auth_type")
      return read_word(key, node, kClientAuths, tls.client_auth);
    if (key == "min_version")
      return read_word(key, node, kVersions, tls.min_version);
    if (key == "max_version")
      return read_word(key, node, kVersions, tls.max_version);
    if (key == "prefer_server_cipher_suites")
      return read_switch(key, node, tls.prefer_server_ciphers);
    if (key == "cipher_suites")
      return read_words(key, node, kCiphers, tls.ciphers);
    if (key == "curve_preferences")
      return read_words(key, node, kCurves, tls.curves);
    return read_texts(key, node, tls.client_allowed_sans);
  }

  Outcome read_text(std::string_view key, const YamlNode& node,
                    std::string& text) const {
    if (node.kind == Kind::list || node.kind == Kind::map)
      return yaml_.refuse_kind(node, key, "a single value");
    text = node.text;
    return {};
  }

  Outcome read_file(std::string_view key, const YamlNode& node,
                    std::filesystem::path& file) const {
    std::string text;
    if (auto problem = read_text(key, node, text)) return problem;
    if (text.find('\0') != std::string::npos)
      return yaml_.refuse(node, std::string{key} + " holds a NUL byte");
    if (!text.empty()) file = directory_ / text;
    return {};
  }

  template <typename Words, typename Value>
  Outcome read_word(std::string_view key, const YamlNode& node,
                    const Words& words, Value& value) const {
    std::string text;
    if (auto problem = read_text(key, node, text)) return problem;
    if (node.kind == Kind::null) return {};
    const auto* const found = find_word(words, text);
    if (found == words.end())
      return yaml_.refuse(
          node, describe_invalid(key, text, "expected " + list_words(words)));
    value = found->value;
    return {};
  }

  template <typename Words>
  Outcome read_words(std::string_view key, const YamlNode& node,
                     const Words& words,
                     std::vector<std::string>& values) const {
    return read_list(key, node, [&](const YamlNode& element) -> Outcome {
      const char* value = nullptr;
      if (auto problem = read_word(key, element, words, value)) return problem;
      if (value == nullptr)
        return yaml_.refuse(element, std::string{key} + " has an empty entry");
      values.emplace_back(value);
      return {};
    });
  }

  Outcome read_texts(std::string_view key, const YamlNode& node,
                     std::vector<std::string>& texts) const {
    return read_list(key, node, [&](const YamlNode& element) -> Outcome {
      std::string text;
      if (auto problem = read_text(key, element, text)) return problem;
      if (text.empty())
        return yaml_.refuse(element, std::string{key} + " has an empty entry");
      texts.push_back(std::move(text));
      return {};
    });
  }

  template <typename Read>
  Outcome read_list(std::string_view key, const YamlNode& node,
                    const Read& read) const {
    if (node.kind == Kind::null) return {};
    if (node.kind != Kind::list) return yaml_.refuse_kind(node, key, "a list");
    for (const auto& element : node.children)
      if (auto problem = read(element)) return problem;
    return {};
  }

  Outcome read_switch(std::string_view key, const YamlNode& node,
                      bool& value) const {
    if (node.kind == Kind::null) return {};
    if (node.kind != Kind::scalar || node.quoted)
      return yaml_.refuse_kind(node, key, "true or false");
    const auto* const found = find_word(kSwitches, node.text);
    if (found == kSwitches.end())
      return yaml_.refuse(
          node, describe_invalid(key, node.text, "expected true or false"));
    value = found->value;
    return {};
  }

  Outcome read_http(const YamlNode& node) {
    const auto entries =
        yaml_.read_map(node, "http_server_config", {"http2", "headers"});
    if (!entries) return entries.problem();
    for (const auto& [key, value] : *entries) {
      bool ignored = true;
      if (auto problem = key == "http2" ? read_switch(key, *value, ignored)
                                        : read_headers(*value))
        return problem;
    }
    return {};
  }

  Outcome read_headers(const YamlNode& node) {
    std::vector<std::string> names;
    for (const auto& header : kHeaders) names.emplace_back(header.name);
    const auto entries = yaml_.read_map(node, "headers", names);
    if (!entries) return entries.problem();
    for (const auto& [name, value] : *entries) {
      std::string text;
      if (auto problem = read_text(name, *value, text)) return problem;
      const auto& allowed =
          std::ranges::find(kHeaders, name, &Header::name)->values;
      if (!allowed[0].empty() &&
          std::ranges::find(allowed, text) == allowed.end())
        return yaml_.refuse(
            *value,
            describe_invalid(name, text,
                             "expected " + std::string{allowed[0]} +
                                 (allowed[1] == allowed[0]
                                      ? ""
                                      : " or " + std::string{allowed[1]})));
      if (std::ranges::any_of(text, [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
          }))
        return yaml_.refuse(*value,
                            std::string{name} + " holds a control character");
      if (!text.empty()) config_.headers.emplace_back(name, std::move(text));
    }
    return {};
  }

  Outcome read_users(const YamlNode& node) {
    const auto entries = yaml_.read_map(node, "basic_auth_users");
    if (!entries) return entries.problem();
    for (const auto& [user, value] : *entries) {
      std::string hash;
      if (auto problem = read_text("a user of basic_auth_users", *value, hash))
        return problem;
      if (const auto cost = parse_bcrypt_cost(hash); !cost)
        return yaml_.refuse(
            *value, "user " + quote(user) +
                        " of basic_auth_users: " + cost.problem().detail);
      config_.users.emplace(user, std::move(hash));
    }
    return {};
  }

  Outcome read_rate_limit(const YamlNode& node) {
    const auto entries =
        yaml_.read_map(node, "rate_limit", {"interval", "burst"});
    if (!entries) return entries.problem();
    RateLimit limit;
    for (const auto& [key, value] : *entries) {
      std::string text;
      if (auto problem = read_text(key, *value, text)) return problem;
      if (value->kind == Kind::null) continue;
      if (auto problem = key == "interval" ? read_interval(*value, limit)
                                           : read_burst(*value, limit))
        return problem;
    }
    if (limit.interval.count() == 0) return {};
    if (limit.burst == 0)
      return yaml_.refuse(node,
                          "rate_limit needs a burst of at least 1: with 0 "
                          "every request would be refused");
    config_.rate_limit = limit;
    return {};
  }

  Outcome read_interval(const YamlNode& node, RateLimit& limit) const {
    const auto interval = node.text == "0" ? std::chrono::milliseconds{0}
                                           : parse_duration(node.text);
    if (!interval)
      return yaml_.refuse(
          node, describe_invalid("interval", node.text,
                                 "expected a duration such as 1s or 500ms"));
    limit.interval = *interval;
    return {};
  }

  Outcome read_burst(const YamlNode& node, RateLimit& limit) const {
    const auto burst = parse_integer<unsigned>(node.text);
    if (!burst || node.quoted)
      return yaml_.refuse(node, describe_invalid("burst", node.text,
                                                 "expected a whole number"));
    limit.burst = *burst;
    return {};
  }

  YamlReader yaml_;
  std::filesystem::path directory_;
  WebConfig& config_;
};

}  // namespace

Result<int> parse_bcrypt_cost(std::string_view hash) {
  constexpr std::size_t kLength = 60;
  constexpr std::string_view kAlphabet =
      "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const bool prefixed = hash.starts_with("$2a$") || hash.starts_with("$2b$") ||
                        hash.starts_with("$2y$");
  if (!prefixed || hash.size() != kLength || hash[6] != '$' ||
      hash.substr(7).find_first_not_of(kAlphabet) != std::string_view::npos)
    return refuse(
        "not a bcrypt hash, which is 60 characters such as "
        "$2y$10$... (htpasswd -nB makes one)");
  const auto cost = parse_integer<unsigned>(hash.substr(4, 2));
  if (!cost || *cost < 4 || *cost > kHighestCost)
    return refuse("the cost of the bcrypt hash is not from 4 to 14");
  return static_cast<int>(*cost);
}

Result<WebConfig> parse_web_config(std::string_view yaml,
                                   const std::filesystem::path& file_name) try {
  const auto root = parse_yaml(yaml, to_label_text(file_name.native(), 4096));
  if (!root) return root.problem();
  WebConfig config;
  if (auto problem = WebConfigReader{file_name, config}.read(*root))
    return *problem;
  return config;
} catch (const std::exception& error) {
  return Problem{Fault::io, file_name.native(), error.what()};
}

Result<WebConfig> read_web_config(const std::filesystem::path& file) {
  const auto text = read_regular_file(file, kLargestFile);
  if (!text) {
    auto problem = text.problem();
    problem.where = to_label_text(file.native(), 4096);
    return problem;
  }
  return parse_web_config(*text, file);
}

}  // namespace openclaw_lock
