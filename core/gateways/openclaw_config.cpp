// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/openclaw_config.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/gateways/glob_capture.h"
#include "core/gateways/openclaw_process.h"
#include "core/logs/known_places.h"

namespace openclaw_lock {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kMaxPath = 4096;
constexpr std::string_view kInclude = "$include";
constexpr std::string_view kAgent = "{agentId}";

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// A member of what is wanted itself.
bool is_wanted(const Names& names) {
  const auto& last = names.back();
  if (last == kInclude) return true;
  if (names.size() == 1)
    return last == "logging" || last == "session" || last == "env";
  if (names[0] == "env")
    return names.size() == 2 || (names.size() == 3 && names[1] == "vars");
  return names.size() == 2 &&
         (names[0] == "logging" ? last == "file" : last == "store");
}

bool is_path_text(std::string_view text) {
  return !text.empty() && text.size() < kMaxPath &&
         text.find('\0') == std::string_view::npos;
}

void merge(Json5Value& target, Json5Value source) {
  using Kind = Json5Value::Kind;
  if (target.kind == Kind::list && source.kind == Kind::list) {
    std::ranges::move(source.elements, std::back_inserter(target.elements));
  } else if (target.kind == Kind::object && source.kind == Kind::object) {
    for (auto& [name, value] : source.members) {
      if (auto* before = target.find(name))
        merge(*before, std::move(value));
      else
        target.members.emplace_back(std::move(name), std::move(value));
    }
  } else {
    target = std::move(source);
  }
}

/// One configuration on its way in.
class Loader {
 public:
  Loader(const std::vector<std::string>& roots, const ReadConfigFile& read)
      : roots_{roots}, read_{read} {}

  /// `names`: where the file's value stands in the configuration.
  Result<Json5Value> load(const std::string& path, Names names) {
    const auto text = read_(path);
    if (!text) return text.problem();
    bytes_ += text->size();
    if (text->size() > kMaxConfigBytes || bytes_ > kMaxIncludedBytes)
      return Problem{Fault::too_big, path, "the configuration is too long"};
    const auto above = names.size();
    auto value = parse_json5(*text, [&](const Names& below) {
      names.resize(above);
      names.insert(names.end(), below.begin(), below.end());
      return is_wanted(names);
    });
    if (!value)
      return Problem{value.problem().fault, path, value.problem().detail};
    names.resize(above);
    files_.push_back(path);
    const auto problem = include(*value, names);
    files_.pop_back();
    if (problem) return *problem;
    return value;
  }

 private:
  Problem fail(Fault fault, const char* reason) const {
    return {fault, files_.back(), reason};
  }

  /// Puts what the value includes in its place.
  std::optional<Problem> include(Json5Value& value, Names& names) {
    for (auto& [name, member] : value.members) {
      if (name == kInclude) continue;
      names.push_back(name);
      auto problem = include(member, names);
      names.pop_back();
      if (problem) return problem;
    }
    const auto* order = value.find(kInclude);
    if (!order) return {};
    auto included = load_all(*order, names);
    if (!included) return included.problem();
    std::erase_if(value.members,
                  [](const auto& member) { return member.first == kInclude; });
    const bool is_object = included->kind == Json5Value::Kind::object;
    if (!value.members.empty() && !is_object)
      return fail(Fault::malformed, "an $include beside settings is no object");
    if (is_object) merge(*included, std::move(value));
    value = *std::move(included);
    return {};
  }

  Result<Json5Value> load_all(const Json5Value& order, const Names& names) {
    using Kind = Json5Value::Kind;
    if (order.kind == Kind::text) return load_included(order.text, names);
    if (order.kind != Kind::list)
      return fail(Fault::malformed, "an $include names no file");
    Json5Value all;
    all.kind = Kind::object;
    for (const auto& one : order.elements) {
      if (one.kind != Kind::text)
        return fail(Fault::malformed, "an $include names no file");
      auto value = load_included(one.text, names);
      if (!value) return value;
      merge(all, *std::move(value));
    }
    return all;
  }

  Result<Json5Value> load_included(const std::string& named,
                                   const Names& names) {
    if (!is_path_text(named))
      return fail(Fault::malformed, "an $include names no file");
    // A leading `~` is a name like any other there.
    const auto path =
        resolve_user_path("./" + named, {}, directory_of(files_.back()));
    const auto target =
        named.starts_with('/') ? resolve_user_path(named, {}, {}) : path;
    if (!lies_in_any(target, roots_))
      return fail(Fault::denied,
                  "an $include leads out of the configuration's directory");
    if (std::ranges::find(files_, target) != files_.end())
      return fail(Fault::malformed, "an $include leads back to its own file");
    if (files_.size() > kMaxIncludeDepth)
      return fail(Fault::too_big, "more than 4 levels of $include");
    if (++included_ > kMaxIncludes)
      return fail(Fault::too_big, "more than 64 files are included");
    return load(target, names);
  }

  const std::vector<std::string>& roots_;
  const ReadConfigFile& read_;
  std::vector<std::string> files_;  ///< from the first to the one under way
  std::size_t included_ = 0;
  std::size_t bytes_ = 0;
};

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_letter(name[0]) &&
         std::ranges::all_of(name, [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9');
         });
}

/// The name in `PREFIX{NAME}...`; empty where the text is not like that.
std::string_view variable_at(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return {};
  text.remove_prefix(prefix.size());
  const auto name = text.substr(0, text.find('}'));
  return name.size() < text.size() && is_variable_name(name)
             ? name
             : std::string_view{};
}

using Lookup = std::function<std::string_view(std::string_view)>;

Result<std::string> expand(std::string_view text, const Lookup& variable) {
  std::string expanded;
  while (!text.empty()) {
    if (const auto name = variable_at(text, "$${"); !name.empty()) {
      expanded.append("${").append(name).append("}");
      text.remove_prefix(name.size() + 4);
    } else if (const auto wanted = variable_at(text, "${"); !wanted.empty()) {
      const auto value = variable(wanted);
      if (value.empty())
        return Problem{Fault::missing,
                       {},
                       "the variable " + std::string{wanted} +
                           " is not known to the exporter"};
      expanded += value;
      text.remove_prefix(wanted.size() + 3);
    } else {
      expanded += text.front();
      text.remove_prefix(1);
    }
    if (expanded.size() >= kMaxPath) break;
  }
  return expanded;
}

/// Of the configuration's own `env`, which is for what the environment lacks.
std::string_view own_variable(const Json5Value& config, std::string_view name) {
  const auto* env = config.find("env");
  const auto text_of = [&](const Json5Value* object) -> std::string_view {
    const auto* value = object ? object->find(name) : nullptr;
    const bool is_text = value && value->kind == Json5Value::Kind::text;
    // One that needs another variable is not set.
    return is_text && value->text.find("${") == std::string::npos
               ? std::string_view{value->text}
               : std::string_view{};
  };
  if (!env || name == "vars" || name == "shellEnv") return {};
  if (const auto value = text_of(env); !trimmed(value).empty()) return value;
  return text_of(env->find("vars"));
}

/// The text of a setting; empty where it is not set.
Result<std::string> setting(const Json5Value& config, const char* group,
                            const char* name, const Lookup& variable) {
  const auto* in = config.find(group);
  const auto* value = in ? in->find(name) : nullptr;
  if (!value) return std::string{};
  if (value->kind != Json5Value::Kind::text)
    return Problem{Fault::malformed, {}, "is no text"};
  auto text = expand(value->text, variable);
  if (text && !text->empty() && !is_path_text(*text))
    return Problem{Fault::malformed, {}, "is no path"};
  return text;
}

Result<std::string> to_absolute(const std::string& text,
                                const ConfigEnvironment& environment) {
  const auto path =
      resolve_user_path(text, environment.home, environment.working_directory);
  if (path.empty())
    return Problem{Fault::missing,
                   {},
                   "where it starts is not known: no gateway runs, or its "
                   "environment may not be read"};
  if (is_glob(path))
    return Problem{
        Fault::malformed, {}, "holds * or ?, which cannot be followed"};
  return path;
}

Result<std::string> to_session_dir(std::string text,
                                   const ConfigEnvironment& environment) {
  auto path = to_absolute(text, environment);
  if (!path) return path;
  auto directory = directory_of(*path);
  std::size_t components = 0;
  std::string pattern;
  for (auto part : split_path(directory)) {
    bool has_agent = false;
    for (auto at = part.find(kAgent); at != std::string::npos;
         at = part.find(kAgent, at)) {
      part.replace(at, kAgent.size(), "*");
      has_agent = true;
    }
    components += has_agent ? 1 : 0;
    pattern += '/' + part;
  }
  if (components > 1)
    return Problem{Fault::malformed, {}, "has {agentId} in two components"};
  return pattern.empty() ? "/" : pattern;
}

}  // namespace

std::vector<std::string> config_paths_of(const ConfigEnvironment& environment,
                                         const std::string& state_dir) {
  const auto legacy =
      may_read_legacy_names(environment.variable("OPENCLAW_SERVICE_VERSION"));
  auto named = trimmed(environment.variable("OPENCLAW_CONFIG_PATH"));
  if (named.empty() && legacy)
    named = trimmed(environment.variable("CLAWDBOT_CONFIG_PATH"));
  if (!named.empty() && is_path_text(named))
    if (auto path = resolve_user_path(named, environment.home,
                                      environment.working_directory);
        !path.empty())
      return {path};
  std::vector<std::string> paths;
  for (const auto* name :
       {"/openclaw.json", "/clawdbot.json", "/moltbot.json", "/moldbot.json"}) {
    paths.push_back(state_dir + name);
    if (!legacy && paths.size() == 2) break;
  }
  return paths;
}

std::vector<std::string> include_roots_of(
    const ConfigEnvironment& environment) {
  std::vector<std::string> roots;
  auto left = environment.variable("OPENCLAW_INCLUDE_ROOTS");
  while (!left.empty() && roots.size() < kMaxIncludes) {
    const auto entry = left.substr(0, left.find(':'));
    left.remove_prefix(std::min(left.size(), entry.size() + 1));
    if (const auto text = trimmed(entry); is_path_text(text))
      if (auto path = resolve_user_path(text, environment.home,
                                        environment.working_directory);
          !path.empty())
        roots.push_back(std::move(path));
  }
  return roots;
}

bool lies_in_any(const std::string& path,
                 const std::vector<std::string>& directories) {
  return std::ranges::any_of(directories, [&](const std::string& directory) {
    return directory == "/" || lies_in(path, directory);
  });
}

Result<Json5Value> load_config(const std::string& path,
                               const std::vector<std::string>& roots,
                               const ReadConfigFile& read) {
  return Loader{roots, read}.load(path, {});
}

ConfigPlaces places_of(const Json5Value& config,
                       const ConfigEnvironment& environment,
                       std::vector<Problem>& problems) {
  const Lookup variable = [&](std::string_view name) {
    const auto value = environment.variable(name);
    return trimmed(value).empty() ? own_variable(config, name) : value;
  };
  ConfigPlaces places;
  const auto take = [&](const char* group, const char* name, auto&& convert,
                        std::string& into) {
    auto text = setting(config, group, name, variable);
    if (text && text->empty()) return;
    auto place = text ? convert(*std::move(text), environment) : text;
    if (place)
      into = *std::move(place);
    else
      problems.push_back(
          {place.problem().fault,
           {},
           std::string{group} + '.' + name + ' ' + place.problem().detail});
  };
  take("logging", "file", to_absolute, places.log_file);
  take("session", "store", to_session_dir, places.session_dir);
  return places;
}

std::string log_name_pattern(std::string_view name) {
  constexpr std::string_view kDaily = "openclaw-####-##-##.log";
  const bool is_daily =
      name == "openclaw-YYYY-MM-DD.log" ||
      std::ranges::equal(name, kDaily, [](char c, char wanted) {
        return wanted == '#' ? c >= '0' && c <= '9' : c == wanted;
      });
  return is_daily ? "openclaw-????"
                    "-??"
                    "-??.log"
                  : std::string{name};
}

}  // namespace openclaw_lock
