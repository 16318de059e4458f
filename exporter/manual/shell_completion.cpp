// SPDX-License-Identifier: Apache-2.0
#include "exporter/manual/shell_completion.h"

#include "exporter/config/flags.h"

namespace openclaw_lock {
namespace {

constexpr std::string_view kNamePrefix = "[NAME=]";

enum class Offer { nothing, choices, files, directories };

Offer offer_of(const Flag& flag) {
  if (!flag.choices.empty()) return Offer::choices;
  auto value = flag.value;
  if (value.starts_with(kNamePrefix)) value.remove_prefix(kNamePrefix.size());
  if (value.starts_with("FILE") || value == "SOURCE") return Offer::files;
  if (value == "DIR" || value == "PATH") return Offer::directories;
  return Offer::nothing;
}

/// A branch of `case` for the flags whose values are completed so.
void add_bash_case(std::string& script, Offer offer, std::string_view body) {
  std::string pattern;
  for (const auto& flag : known_flags())
    if (!flag.is_switch() && offer_of(flag) == offer)
      pattern.append(pattern.empty() ? "" : " | ").append("--") += flag.name;
  if (pattern.empty()) return;
  script.append("    ").append(pattern).append(")\n      ");
  script.append(body) += "\n      ;;\n";
}

void add_bash_choices(std::string& script) {
  for (const auto& flag : known_flags()) {
    if (offer_of(flag) != Offer::choices) continue;
    script.append("    --").append(flag.name);
    script.append(")\n      mapfile -t COMPREPLY < <(compgen -W '");
    script.append(flag.choices).append("' -- \"$value\")\n      ;;\n");
  }
}

constexpr std::string_view kBashBeforeValues =
    R"(# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# bash completion for openclaw-lock-exporter(1). Made from the table that --help
# shows, do not edit.

_openclaw_lock_exporter() {
  # COMP_WORDS splits at = and :, which are parts of our words.
  local line=${COMP_LINE:0:COMP_POINT} words word flag='' value='' kept
  read -r -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  word=${words[${#words[@]} - 1]}
  COMPREPLY=()
  if [[ $word == --*=* ]]; then
    flag=${word%%=*}
    value=${word#*=}
  elif [[ ${#words[@]} -gt 2 && $word != -* ]]; then
    flag=${words[${#words[@]} - 2]}
    value=$word
  fi
  # NAME= in front of a path is no part of it.
  case $flag in
)";

constexpr std::string_view kBashFlags = R"(    *)
      [[ $word != --*=* ]] || return 0
      mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$word")
      [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2> /dev/null
      return 0
      ;;
  esac
  # readline replaces what follows the last word break only.
  if [[ $COMP_WORDBREAKS != *=* ]]; then
    kept=${word%"$value"}
    COMPREPLY=("${COMPREPLY[@]/#/$kept}")
  elif [[ $COMP_WORDBREAKS == *:* && $value == *:* ]]; then
    kept=${value%"${value##*:}"}
    COMPREPLY=("${COMPREPLY[@]#"$kept"}")
  fi
}

complete -F _openclaw_lock_exporter openclaw-lock-exporter
)";

/// `text` within single quotes of zsh, and within the brackets of a
/// specification for _arguments.
std::string zsh_quoted(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'')
      quoted += R"('\'')";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      quoted.append("\\") += c;
    else
      quoted += c;
  }
  return quoted;
}

std::string zsh_action(const Flag& flag) {
  const std::string name =
      flag.value.starts_with(kNamePrefix) ? R"({compset -P "[^/=]#="; )" : "{";
  switch (offer_of(flag)) {
    case Offer::choices:
      return "(" + std::string{flag.choices} + ")";
    case Offer::files:
      return name + "_files}";
    case Offer::directories:
      return name + "_files -/}";
    case Offer::nothing:
      break;
  }
  return {};
}

void add_zsh_flag(std::string& script, const Flag& flag) {
  const std::string name{flag.name};
  const auto text = "[" + zsh_quoted(flag.description) + "]";
  if (name == "help") {
    script += "  '(- *)'{-h,--help}'" + text + "' \\\n";
  } else if (name == "version") {
    script += "  '(- *)--version" + text + "' \\\n";
  } else if (flag.negatable) {
    const auto other = "(--" + name + " --no-" + name + ")";
    script += "  '" + other + "--" + name + text + "' \\\n";
    script += "  '" + other + "--no-" + name + text + "' \\\n";
  } else if (flag.is_switch()) {
    script += "  '--" + name + text + "' \\\n";
  } else {
    script += std::string{"  '"} + (flag.is_repeatable() ? "*" : "") + "--" +
              name + "=" + text + ":" + zsh_quoted(flag.value) + ":" +
              zsh_action(flag) + "' \\\n";
  }
}

}  // namespace

std::string bash_completion() {
  std::string script{kBashBeforeValues};
  std::string named;
  std::string flags;
  for (const auto& flag : known_flags()) {
    if (flag.value.starts_with(kNamePrefix))
      named.append(named.empty() ? "" : " | ").append("--") += flag.name;
    flags.append(flags.empty() ? "--" : " --").append(flag.name);
    if (!flag.is_switch()) flags += '=';
    if (flag.negatable) flags.append(" --no-") += flag.name;
  }
  script +=
      "    " + named + ") [[ ${value%%/*} != *=* ]] || value=${value#*=} ;;\n";
  script += "  esac\n  local flags='" + flags + " -h'\n  case $flag in\n";
  add_bash_choices(script);
  add_bash_case(script, Offer::files,
                "compopt -o filenames 2> /dev/null\n"
                "      mapfile -t COMPREPLY < <(compgen -f -- \"$value\")");
  add_bash_case(script, Offer::directories,
                "compopt -o filenames 2> /dev/null\n"
                "      mapfile -t COMPREPLY < <(compgen -d -- \"$value\")");
  add_bash_case(script, Offer::nothing, "return 0");
  return script += kBashFlags;
}

std::string zsh_completion() {
  std::string script =
      "#compdef openclaw-lock-exporter\n"
      "# SPDX-License-Identifier: Apache-2.0\n"
      "# zsh completion for openclaw-lock-exporter(1). Made from the table "
      "that "
      "--help\n# shows, do not edit.\n\n"
      "setopt local_options extended_glob\n"
      "_arguments \\\n";
  for (const auto& flag : known_flags()) add_zsh_flag(script, flag);
  return script += "  && return 0\n";
}

}  // namespace openclaw_lock
