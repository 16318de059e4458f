// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/openclaw_config.h"

#include <doctest/doctest.h>

#include <map>

using namespace openclaw_lock;

namespace {

using Files = std::map<std::string, std::string>;

struct Gateway {
  Files files;
  std::map<std::string, std::string, std::less<>> variables = {};
  std::string home = "/home/node";
  std::string working_directory = "/cwd";

  ConfigEnvironment environment() const {
    return {home, working_directory, [this](std::string_view name) {
              const auto found = variables.find(name);
              return found == variables.end() ? std::string_view{}
                                              : std::string_view{found->second};
            }};
  }

  Result<Json5Value> load() const {
    std::vector<std::string> roots{"/c"};
    for (auto& root : include_roots_of(environment())) roots.push_back(root);
    return load_config("/c/openclaw.json", roots,
                       [this](const std::string& path) -> Result<std::string> {
                         const auto found = files.find(path);
                         if (found == files.end())
                           return Problem{Fault::missing, path, "not there"};
                         return found->second;
                       });
  }

  /// `LOG|SESSIONS`, else `problem where: detail` of the first problem.
  std::string places() const {
    const auto config = load();
    if (!config) return show(config.problem());
    std::vector<Problem> problems;
    const auto found = places_of(*config, environment(), problems);
    std::string text = found.log_file + '|' + found.session_dir;
    for (const auto& problem : problems) text += '\n' + show(problem);
    return text;
  }

  static std::string show(const Problem& problem) {
    return std::string{to_string(problem.fault)} + ' ' + problem.where + ": " +
           problem.detail;
  }
};

std::string places(const std::string& text) {
  return Gateway{{{"/c/openclaw.json", text}}}.places();
}

std::string log_of(const std::string& value) {
  const auto text = places("{logging: {file: '" + value + "'}}");
  return text.substr(0, text.find('|'));
}

std::string sessions_of(const std::string& value) {
  return places("{session: {store: '" + value + "'}}").substr(1);
}

}  // namespace

TEST_CASE("places_of: both settings") {
  CHECK(places("// mine\n{logging: {level: 'info', file: '/var/log/oc.log',},\n"
               " session: {store: '/srv/{agentId}/sessions.json'}}") ==
        "/var/log/oc.log|/srv/*");
  CHECK(places("{}") == "|");
  CHECK(places("[]") == "|");
  CHECK(places("{logging: null, session: []}") == "|");
  CHECK(places("{logging: {file: ''}, session: {store: ''}}") == "|");
}

TEST_CASE("places_of: a path is what the gateway means by it") {
  CHECK(log_of("~/logs/oc.log") == "/home/node/logs/oc.log");
  CHECK(log_of("logs/./a/../oc.log") == "/cwd/logs/oc.log");
  CHECK(log_of("~other/oc.log") == "/cwd/~other/oc.log");
  CHECK(log_of("/../../etc/x.log") == "/etc/x.log");
  CHECK(log_of("journald:x") == "/cwd/journald:x");
  CHECK(log_of("-") == "/cwd/-");
}

TEST_CASE("places_of: the directory of the session store, for all agents") {
  CHECK(sessions_of("/srv/s/sessions.json") == "/srv/s");
  CHECK(sessions_of("~/{agentId}/x/s.json") == "/home/node/*/x");
  CHECK(sessions_of("/srv/{agentId}.json") == "/srv");
  CHECK(sessions_of("/srv/oc-{agentId}-s/s.json") == "/srv/oc-*-s");
  CHECK(sessions_of("/x.json") == "/");
  CHECK(sessions_of("/{agentId}/{agentId}/s.json") ==
        "\nmalformed : session.store has {agentId} in two components");
}

TEST_CASE("places_of: variables") {
  Gateway gateway{{{"/c/openclaw.json", ""}}};
  gateway.variables = {{"LOGS", "/l"}, {"_A1", "b"}, {"EMPTY", ""}};
  const auto log = [&](const std::string& value) {
    gateway.files["/c/openclaw.json"] =
        "{env: {OWN: '/own', TWO: '${LOGS}', vars: {DEEP: '/deep', LOGS: '/no'}"
        "}, logging: {file: '" +
        value + "'}}";
    const auto text = gateway.places();
    const auto line = text.find('\n');
    return line == std::string::npos ? text.substr(0, text.find('|'))
                                     : text.substr(line + 1);
  };
  CHECK(log("${LOGS}/${_A1}.log") == "/l/b.log");
  CHECK(log("/x/$${LOGS}.log") == "/x/${LOGS}.log");
  CHECK(log("/x/$LOGS-${lower}-${}-$") == "/x/$LOGS-${lower}-${}-$");
  CHECK(log("${OWN}/a") == "/own/a");
  CHECK(log("${DEEP}/a") == "/deep/a");
  const auto unknown = [](const std::string& name) {
    return "missing : logging.file the variable " + name +
           " is not known to the exporter";
  };
  CHECK(log("${NONE}/a") == unknown("NONE"));
  CHECK(log("${EMPTY}/a") == unknown("EMPTY"));
  CHECK(log("${TWO}/a") == unknown("TWO"));
}

TEST_CASE("places_of: a setting that is none leaves the other one") {
  CHECK(places("{logging: {file: 7}, session: {store: '/s/x'}}") ==
        "|/s\nmalformed : logging.file is no text");
  const auto problem = [](const std::string& value) {
    return places("{logging: {file: '" + value + "'}}").substr(2);
  };
  CHECK(problem("/a\\0b") == "malformed : logging.file is no path");
  CHECK(problem(std::string(5000, 'a')) ==
        "malformed : logging.file is no path");
  CHECK(problem("/var/log/*.log") ==
        "malformed : logging.file holds * or ?, which cannot be followed");
  CHECK(sessions_of("/home/*/s.json").find("holds * or ?") !=
        std::string::npos);
  Gateway lost{{{"/c/openclaw.json", "{logging: {file: '~/x'}}"}}};
  lost.home = lost.working_directory = "";
  CHECK(lost.places().find("missing : logging.file where it starts") !=
        std::string::npos);
}

TEST_CASE("load_config: what is included, and what goes before it") {
  Gateway gateway;
  gateway.files = {
      {"/c/openclaw.json",
       "{$include: ['a.json5', './d/b.json5'], session: {store: '/own/s'}}"},
      {"/c/a.json5", "{logging: {file: '/a'}, session: {store: '/a/s'}}"},
      {"/c/d/b.json5", "{logging: {$include: '../d/log.json5', level: 'x'}}"},
      {"/c/d/log.json5", "{file: '/b'}"}};
  CHECK(gateway.places() == "/b|/own");
  gateway.files["/c/openclaw.json"] = "{$include: '/c/a.json5'}";
  CHECK(gateway.places() == "/a|/a");
  gateway.files["/c/openclaw.json"] = "{logging: {file: {$include: 't'}}}";
  gateway.files["/c/t"] = "'/text'";
  CHECK(gateway.places() == "/text|");
  // What no setting of ours needs is not looked at.
  gateway.files["/c/openclaw.json"] =
      "{agents: {$include: 'none'}, logging: {file: '/l'}}";
  CHECK(gateway.places() == "/l|");
}

TEST_CASE("load_config: includes that are none") {
  Gateway gateway;
  const auto problem = [&](const std::string& text) {
    gateway.files["/c/openclaw.json"] = text;
    return gateway.places();
  };
  const std::string out =
      "denied /c/openclaw.json: an $include leads out of the configuration's "
      "directory";
  CHECK(problem("{$include: '/etc/passwd'}") == out);
  CHECK(problem("{$include: '../x.json'}") == out);
  CHECK(problem("{$include: '/c/../x'}") == out);
  CHECK(problem("{$include: '/cc/x'}") == out);
  CHECK(problem("{$include: 'none'}") == "missing /c/none: not there");
  CHECK(problem("{$include: 7}") ==
        "malformed /c/openclaw.json: an $include names no file");
  CHECK(problem("{$include: ['x', 7]}").starts_with("missing /c/x"));
  CHECK(problem("{$include: 'a\\0b'}").starts_with("malformed"));
  CHECK(problem("{$include: './openclaw.json'}") ==
        "malformed /c/openclaw.json: an $include leads back to its own file");
  gateway.files["/c/t"] = "'/text'";
  CHECK(problem("{$include: 't', logging: {}}") ==
        "malformed /c/openclaw.json: an $include beside settings is no object");
  gateway.files["/c/bad"] = "{\n a b}";
  CHECK(problem("{$include: 'bad'}") ==
        "malformed /c/bad: line 2: expected a colon");
  gateway.variables["OPENCLAW_INCLUDE_ROOTS"] = "~/inc::rel: /abs ";
  gateway.files["/home/node/inc/x"] = "{logging: {file: '/x'}}";
  gateway.files["/cwd/rel/x"] = "{logging: {file: '/y'}}";
  CHECK(problem("{$include: '/home/node/inc/x'}") == "/x|");
  CHECK(problem("{$include: '/cwd/rel/x'}") == "/y|");
  CHECK(problem("{$include: '/cwd/x'}") == out);
}

TEST_CASE("load_config: bounds of includes") {
  Gateway gateway;
  const auto chain = [&](std::size_t levels) {
    gateway.files["/c/openclaw.json"] = "{$include: '1'}";
    for (std::size_t i = 1; i < levels; ++i)
      gateway.files["/c/" + std::to_string(i)] =
          "{$include: '" + std::to_string(i + 1) + "'}";
    gateway.files["/c/" + std::to_string(levels)] = "{logging: {file: '/x'}}";
    return gateway.places();
  };
  CHECK(chain(kMaxIncludeDepth) == "/x|");
  CHECK(chain(kMaxIncludeDepth + 1) ==
        "too_big /c/4: more than 4 levels of $include");
  std::string all;
  for (std::size_t i = 0; i <= kMaxIncludes; ++i) all += "'e',";
  gateway.files = {{"/c/e", "{}"},
                   {"/c/openclaw.json", "{$include: [" + all + "]}"}};
  CHECK(gateway.places() ==
        "too_big /c/openclaw.json: more than 64 files are included");
  gateway.files = {{"/c/e", "{}" + std::string(kMaxConfigBytes - 2, ' ')},
                   {"/c/openclaw.json", "{$include: ['e','e','e','e']}"}};
  CHECK(gateway.places() == "too_big /c/e: the configuration is too long");
}

TEST_CASE("config_paths_of: by the environment, else in the state directory") {
  Gateway gateway;
  const auto paths = [&] {
    std::string text;
    for (const auto& path : config_paths_of(gateway.environment(), "/s"))
      text += path + ' ';
    return text;
  };
  CHECK(paths() ==
        "/s/openclaw.json /s/clawdbot.json /s/moltbot.json /s/moldbot.json ");
  gateway.variables["OPENCLAW_SERVICE_VERSION"] = "2026.4.24";
  CHECK(paths() == "/s/openclaw.json /s/clawdbot.json ");
  gateway.variables["CLAWDBOT_CONFIG_PATH"] = "/old.json";
  CHECK(paths() == "/s/openclaw.json /s/clawdbot.json ");
  gateway.variables["OPENCLAW_SERVICE_VERSION"] = "2026.3.13";
  CHECK(paths() == "/old.json ");
  gateway.variables["OPENCLAW_CONFIG_PATH"] = " ~/my.json ";
  CHECK(paths() == "/home/node/my.json ");
  gateway.variables["OPENCLAW_CONFIG_PATH"] = "conf/my.json";
  CHECK(paths() == "/cwd/conf/my.json ");
}

TEST_CASE("log_name_pattern: the name of a day goes on under each day's") {
  CHECK(log_name_pattern("openclaw-2026-04-24.log") ==
        "openclaw-????"
        "-??"
        "-??.log");
  CHECK(log_name_pattern("openclaw-YYYY-MM-DD.log") ==
        "openclaw-????"
        "-??"
        "-??.log");
  for (const std::string name :
       {"openclaw.log", "openclaw-work-2026-04-24.log",
        "openclaw-2026-4-24.log", "Openclaw-2026-04-24.log",
        "openclaw-2026-04-24.log.1"}) {
    CAPTURE(name);
    CHECK(log_name_pattern(name) == name);
  }
}
